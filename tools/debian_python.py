"""Runs a Python program of this repository on another Debian release, with that release's Python and torch.

    python tools/debian_python.py trixie tools/check_versions.py --python 3.13 --end locked --torch system

The release (trixie: Python 3.13 and torch 2.6; testing: Python 3.14) is unpacked once, 1.7 GB, into a folder
of the cache and entered by chroot. Needs root, debootstrap, and Debian's packages in reach; exit code 77
where one of these is missing, else that of the program.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MIRROR = 'http://deb.debian.org/debian'
PACKAGES = (
    'ca-certificates',
    'git',
    'libgl1',  # this and the next: for OpenCV
    'libglib2.0-0t64',
    'python3-pip',
    'python3-torch',
    'python3-venv',
)
CERTIFICATES = Path('/etc/ssl/certs/ca-certificates.crt')
NOT_HERE = 77
UNPACKING_S = 1200
# In a mount namespace of its own: what is mounted goes with the process.
ENTER = f"""
{{ mount -t proc proc "$1/proc" && mount --rbind /dev "$1/dev" && mount --bind "$2" "$1/repository"; }} ||
    exit {NOT_HERE}
inside=$1; shift 2
exec chroot "$inside" "$@"
"""


def main() -> int:
    """Make the release's folder if it is not there, and run the program in it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('release', choices=('trixie', 'testing'))
    parser.add_argument('program', nargs=argparse.REMAINDER, help='program and arguments')
    args = parser.parse_args()
    cache = Path(os.environ.get('XDG_CACHE_HOME') or Path.home() / '.cache', 'mespot-debian')
    problem = make_release(args.release, cache / args.release)
    if problem:
        print(f'Debian {args.release} cannot be had here: {problem}', file=sys.stderr)
        return NOT_HERE
    return enter(cache / args.release, args.program)


def make_release(release: str, folder: Path) -> str:
    """Unpack the release.

    Returns:
        str: What is missing for that, empty if nothing is.
    """
    stamp = folder / '.mespot_complete'
    if not hasattr(os, 'geteuid') or os.geteuid() != 0:
        return 'only root can enter it'
    enter = ['unshare', '--mount', 'true']
    if (
        not shutil.which('unshare')
        or subprocess.run(enter, stderr=subprocess.DEVNULL, check=False).returncode
    ):
        return 'nothing can be mounted'
    if shutil.which('debootstrap') is None and shutil.which('apt-get') is not None:
        for arguments in (['update', '-qq'], ['install', '-y', '-qq', 'debootstrap']):
            subprocess.run(['apt-get', *arguments], stdout=subprocess.DEVNULL, check=False)
    if shutil.which('debootstrap') is None:
        return 'there is no debootstrap'
    if stamp.is_file():
        return ''
    began = time.monotonic()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    log = folder.with_suffix('.log')
    command = ['debootstrap', '--variant=minbase', f'--include={",".join(PACKAGES)}', release, folder, MIRROR]
    with log.open('w', encoding='utf-8') as file:
        try:
            subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=file, stderr=file, check=True, timeout=UNPACKING_S
            )
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            return f'debootstrap failed, or took over {UNPACKING_S} s; {log} says why'
    (folder / 'repository').mkdir()
    stamp.touch()
    print(f'Debian {release} unpacked in {time.monotonic() - began:.0f} s', file=sys.stderr, flush=True)
    return ''


def enter(folder: Path, program: list[str]) -> int:
    """Run a program there, the repository at ``/repository``; its exit code."""
    for file in (Path('/etc/resolv.conf'), CERTIFICATES):
        if file.is_file():  # names and certificates of this machine's network
            inside = folder / file.relative_to('/')
            inside.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, inside)
    command = ['unshare', '--mount', 'bash', '-c', ENTER, 'enter', str(folder), str(ROOT)]
    command += ['env', '--chdir=/repository', 'python3', *program]
    variables = {name: value for name, value in os.environ.items() if not name.startswith('PYENV')}
    for name in ('PIP_FIND_LINKS', 'PIP_CONSTRAINT', 'PYTHONPATH', 'TMPDIR'):
        variables.pop(name, None)  # places of this machine
    return subprocess.run(command, env=variables | {'HOME': '/root'}, check=False).returncode


if __name__ == '__main__':
    sys.exit(main())
