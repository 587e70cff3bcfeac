"""Uses an installation as a stranger would: from another folder, as a user whose home cannot be written.

    python tools/try_installed.py ENVIRONMENT [--folder FOLDER]

ENVIRONMENT is where the package was installed by pip, such as from a wheel. As root this goes on as the user
nobody, unless that one cannot read the environment or its Python. Each command has to end well, without a
traceback, and to leave its result; 1 if one does not.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

NOBODY = 65534
NAME = 'Zoë, 1. Aufnahme'
CLIP = f'{NAME}.mp4'
WRITE_CLIP = f"""
import cv2
from pathlib import Path
from mmaction_mespot.visualization.overlay import write_video
files = sorted(next(Path('raw').rglob('img001.jpg')).parent.glob('*.jpg'))
frames = [cv2.imread(str(file))[..., ::-1] for file in files]
write_video(frames, 30.0, frames[0].shape[1::-1], Path({CLIP!r}))
"""
TINY = (
    'train_cfg.max_epochs=2',
    'train_cfg.val_interval=2',
    'train_dataloader.dataset.windows_per_epoch=64',
)
CONFIG = 'configs/mespot_lite_synthetic_quick.py'
# Words behind `mespot`, or `python`; what the command leaves.
WITHOUT_TORCH = (
    ('mespot --version', ''),
    ('mespot synth --size tiny --out raw', 'raw/normal/video_info.csv'),
    (('python', '-c', WRITE_CLIP), CLIP),
    (('mespot', 'spot', CLIP, '--overlay'), f'results/{NAME}/overlay.mp4'),
    (('mespot', 'spot', CLIP, '--model', 'flow', '--out', 'flow', '--quiet'), f'flow/{NAME}/intervals.csv'),
    (
        'mespot prepare casme2 --root raw/normal --out data/normal --crop-size 112 --flow dis --jobs 2',
        'data/normal/annotations.json',
    ),
    ('mespot browse data/normal', 'data/normal/browse/index.html'),
)
WITH_TORCH = (
    ('mespot doctor', ''),
    (('mespot', 'train', CONFIG, '--work-dir', 'work', '--cfg-options', *TINY), 'work/final.pth'),
    (
        f'mespot test {CONFIG} work/final.pth --cfg-options test_evaluator.dump_path=work/dump.json',
        'work/dump.json',
    ),
    ('mespot evaluate work/dump.json --protocol all', ''),
    (
        'mespot report --dump work/dump.json --work-dir work --data data/normal --out report',
        'report/report.md',
    ),
    (
        ('mespot', 'spot', CLIP, '--config', CONFIG, '--checkpoint', 'work/final.pth', '--out', 'network'),
        f'network/{NAME}/intervals.csv',
    ),
)


def main() -> int:
    """Run the commands; print a line for each."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('environment', type=Path, help='folder of the virtual environment')
    parser.add_argument('--folder', type=Path, help='an empty folder to work in (default: a temporary one)')
    args = parser.parse_args()
    # A shell starts what runs in the background with SIGINT ignored, and programs would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    programs = args.environment.resolve() / ('Scripts' if os.name == 'nt' else 'bin')
    with tempfile.TemporaryDirectory(prefix='mespot für alle ') as temporary:
        folder = (args.folder or Path(temporary)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        run = stranger(programs, folder)
        has_torch = not subprocess.run(
            [programs / 'python', '-c', 'import torch'], stderr=subprocess.DEVNULL, check=False, **run
        ).returncode
        failures = 0
        for command, result in (*WITHOUT_TORCH, *(WITH_TORCH if has_torch else ())):
            failures += not try_command(programs, command, result, run)
        failures += not try_viewer(programs, run)
    if not has_torch:
        print('no torch in this environment: no network was trained')
    print(f'{failures} commands failed' if failures else 'every command did what it should')
    return int(failures > 0)


def stranger(programs: Path, folder: Path) -> dict[str, Any]:
    """Arguments of `subprocess.run` for a user without a home, with the least variables that there can be."""
    path = os.pathsep.join([str(programs), os.defpath])
    own = {'PATH': path, 'HOME': '/nonexistent', 'OMP_NUM_THREADS': '1', 'MESPOT_DATA': str(folder / 'data')}
    # Windows finds its own parts by these.
    own |= {name: os.environ[name] for name in ('SYSTEMROOT', 'TEMP', 'TMPDIR') if name in os.environ}
    run: dict[str, Any] = {'cwd': folder, 'env': own}
    if not hasattr(os, 'geteuid') or os.geteuid() != 0:
        return run
    nobody = {'user': NOBODY, 'group': NOBODY, 'extra_groups': []}
    os.chmod(folder, 0o755)
    os.chown(folder, NOBODY, NOBODY)
    try:
        subprocess.run([programs / 'python', '-c', 'import mmaction_mespot'], check=True, **run, **nobody)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f'not as nobody: {error}', flush=True)
        own['HOME'] = f'{os.devnull}/home'  # root cannot write it either
        return run
    return run | nobody


def try_command(programs: Path, command: str | tuple[str, ...], result: str, run: dict[str, Any]) -> bool:
    """Whether a command ends well and leaves its result."""
    words = command.split() if isinstance(command, str) else list(command)
    began = time.monotonic()
    done = subprocess.run(
        [programs / words[0], *words[1:]],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding='utf-8',
        errors='replace',
        check=False,
        **run,
    )
    seconds = time.monotonic() - began
    problem = f'exit code {done.returncode}' if done.returncode else ''
    if 'Traceback' in done.stdout:
        problem = problem or 'a traceback'
    if result and not (run['cwd'] / result).is_file():
        problem = problem or f'{result} is not there'
    shown = ' '.join(word if '\n' not in word else '...' for word in words)
    return report(shown, seconds, problem, done.stdout)


def report(command: str, seconds: float, problem: str, said: str) -> bool:
    """Print the line of a command, and what it said if it failed; whether all is well."""
    print(f'{"FAILED" if problem else "ok":8}{seconds:5.1f} s  {command}', flush=True)
    if problem:
        print(f'{problem}, after\n{said[-3000:]}', flush=True)
    return not problem


def try_viewer(programs: Path, run: dict[str, Any]) -> bool:
    """Whether the viewer starts, answers, and ends with exit code 130 when it is interrupted."""
    command = [programs / 'mespot', 'view', 'results', '--port', '0', '--no-browser']
    began = time.monotonic()
    address = page = problem = ''
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding='utf-8', **run
    ) as server:
        assert server.stdout is not None
        try:
            address = server.stdout.readline()
            # The address sets a cookie.
            browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
            with browser.open(address.split()[0], timeout=30) as answer:
                page = answer.read().decode()
            server.send_signal(signal.CTRL_C_EVENT if os.name == 'nt' else signal.SIGINT)
            said = server.communicate(timeout=30)[0]
        except (OSError, ValueError, IndexError, subprocess.TimeoutExpired) as error:
            problem = f'{type(error).__name__}: {error}'
            server.kill()
            said = server.communicate()[0]
    if not problem and ('<html' not in page or server.returncode != 130 or 'Traceback' in said):
        problem = f'a page of {len(page)} letters, exit code {server.returncode}'
    return report('mespot view results', time.monotonic() - began, problem, address + said)


if __name__ == '__main__':
    sys.exit(main())
