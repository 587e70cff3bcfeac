"""Makes .venv in the repository's root, from the versions in requirements-lock.txt, with the tests' tools.

About 1.5 GB where pip finds a CPU build of torch. Does nothing when that was done before and the packaging
has not changed. With a script behind it, runs that afterwards in .venv:

    python tools/setup_env.py tools/quickstart.py --size tiny

    MESPOT_TORCH   what to install when torch is absent, as pip arguments (default: torch==2.13.0). The CPU
                   build from PyTorch's own index, for a Linux machine where PyPI would bring the CUDA one:
                   torch==2.13.0 --index-url https://download.pytorch.org/whl/cpu
    PYTHON         the interpreter of .venv (default: the one that runs this if it is 3.10 to 3.14, else the
                   first such that is found)
"""

# Any Python 3.7 can run this file, so that an older one is told what is needed.
from __future__ import annotations

import hashlib
import os
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / 'requirements-lock.txt'
OLDEST, NEWEST = (3, 10), (3, 14)
TORCH = 'torch==2.13.0'
# What earlier set-ups and MMAction2's own requirements leave beside ours, in the same folders.
RIVALS = ('opencv-contrib-python', 'decord', 'mmaction2')


class SetUpError(Exception):
    """What the user can mend, in a line."""


def main(arguments: list[str]) -> int:
    """Set up, then run what the arguments name."""
    venv = ROOT / '.venv'
    python = venv.joinpath('Scripts', 'python.exe') if os.name == 'nt' else venv / 'bin' / 'python'
    try:
        set_up(venv, python)
    except SetUpError as error:
        print(f'error: {error}', file=sys.stderr)
        return 2
    if not arguments:
        return 0
    return subprocess.call([str(python), *arguments], stdin=subprocess.DEVNULL)


def set_up(venv: Path, python: Path) -> None:
    """Make the environment, install into it, look whether it is whole."""
    stamp = venv / 'mespot_stamp'
    if stamp.is_file() and suits(str(python)) and stamp.read_text(encoding='utf-8') == fingerprint():
        return
    if not suits(str(python)):
        make_venv(venv, find_python())
    say('Installing into .venv (some minutes the first time)')
    pip(python, 'install', '-r', str(LOCK))
    if not succeeds(str(python), '-c', 'import torch'):
        pip(python, 'install', *shlex.split(os.environ.get('MESPOT_TORCH') or TORCH))
    pip(python, 'install', '--no-deps', '--editable', str(ROOT))
    expose_bundle(python)
    mend_mixtures(python)
    check_opencv(python)
    # yapf, which MMEngine's configs import, writes its grammar at the first import: two at once read half.
    succeeds(str(python), '-c', 'import yapf.yapflib.yapf_api')
    stamp.write_text(fingerprint(), encoding='utf-8')


def suits(python: str) -> bool:
    """Whether this is an interpreter of a version that serves."""
    return succeeds(python, '-c', f'import sys; sys.exit(not {OLDEST} <= sys.version_info[:2] <= {NEWEST})')


def find_python() -> str:
    """The interpreter to make .venv with."""
    wish = os.environ.get('PYTHON')
    versions = ' to '.join('.'.join(map(str, version)) for version in (OLDEST, NEWEST))
    if wish:
        if not suits(wish):
            raise SetUpError(f'PYTHON={wish} is not a Python {versions}')
        return wish
    candidates = [sys.executable, *(f'python3.{minor}' for minor in (13, 12, 11, 14, 10))]
    for candidate in candidates:
        if suits(candidate):
            return candidate
    raise SetUpError(f'needs Python {versions}; this is {sys.version.split()[0]}. PYTHON=... names another')


def make_venv(venv: Path, python: str) -> None:
    """Make an empty environment."""
    version = (
        subprocess.run([python, '--version'], stdout=subprocess.PIPE, check=True).stdout.decode().strip()
    )
    say(f'Making .venv with {version}')
    if not succeeds(python, '-m', 'venv', '--clear', str(venv)):
        raise SetUpError(f'{python} -m venv failed (on Debian and Ubuntu: apt install python3-venv)')


def expose_bundle(python: Path) -> None:
    """Put the MMAction2 that comes with the package on the path, as an installed wheel of it does."""
    code = 'import sysconfig; print(sysconfig.get_path("purelib"))'
    folder = ROOT / 'mmaction_mespot' / 'third_party'
    path_file = Path(output_of(str(python), '-c', code), 'mmaction_mespot_third_party.pth')
    path_file.write_text(f'{folder}\n', encoding='utf-8')


def mend_mixtures(python: Path) -> None:
    """Leave one distribution in each folder that several write, where an older set-up left two."""
    check = (str(python), '-I', str(ROOT / 'mmaction_mespot' / 'installation.py'))
    version = 'import importlib.metadata, sys; print(importlib.metadata.version(sys.argv[1]))'
    if succeeds(*check):
        return
    pip(python, 'uninstall', '-y', *RIVALS)
    kept = [f'{name}=={output_of(str(python), "-c", version, name)}' for name in ('opencv-python', 'decord2')]
    pip(python, 'install', '--force-reinstall', '--no-deps', *kept)
    if not succeeds(*check):
        raise SetUpError(output_of(*check))


def check_opencv(python: Path) -> None:
    """Tell what OpenCV's wheel lacks of the system, as in an image without a desktop."""
    done = subprocess.run([str(python), '-c', 'import cv2'], stderr=subprocess.PIPE, check=False)
    if done.returncode:
        reason = (done.stderr.decode(errors='replace').strip().splitlines() or ['no reason given'])[-1]
        raise SetUpError(f'{reason} (on Debian and Ubuntu: apt install libgl1 libglib2.0-0)')


def pip(python: Path, *arguments: str) -> None:
    """Run pip of the environment; what it says goes to the user."""
    command = [str(python), '-m', 'pip', arguments[0], '-qq', '--disable-pip-version-check', *arguments[1:]]
    if subprocess.run(command, stdin=subprocess.DEVNULL, check=False).returncode:
        raise SetUpError(f'pip failed: {" ".join(arguments)}')


def output_of(*command: str) -> str:
    """What a command prints."""
    return subprocess.run(command, stdout=subprocess.PIPE, check=False).stdout.decode().strip()


def succeeds(*command: str) -> bool:
    """Whether a command can be run and ends well; what it prints is dropped."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
    except OSError:
        return False
    return done.returncode == 0


def fingerprint() -> str:
    """Of what decides the installation; a folder that moved needs a new one."""
    digest = hashlib.sha256(str(ROOT).encode())
    for name in ('setup.py', 'pyproject.toml', LOCK.name):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def say(text: str) -> None:
    """Tell the user, at once."""
    print(text, flush=True)


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
