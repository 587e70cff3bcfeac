"""Tries the package with the lowest, the locked and the highest versions allowed, on each Python at hand.

For each Python and end: resolve, make an environment, install the wheel into it, run the tests of the
own-video path and of the way from a data set to a training, then use it as a stranger would
(tools/try_installed.py). Prints a table, also into OUT/table.md, and ends with 1 if something failed: run it
before a bound of setup.py is moved, and now and then to hear of releases that break us.

    python tools/check_versions.py --python 3.12 3.13 --torch 'torch==2.13.0'

The lowest and the highest need uv (pip install uv). Interpreters are looked for on the path, among pyenv's
and among uv's; tools/debian_python.py brings others. torch is taken from --torch (pip arguments), with
`--torch system` from the interpreter's own packages, as Debian's python3-torch; where that gives none, all
that needs no torch is tried.
"""

from __future__ import annotations

import argparse
import importlib
import os
import shlex
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCKED = 'locked'
# What uv calls them.
ENDS = {'lowest': 'lowest-direct', LOCKED: '', 'highest': 'highest'}
WITHOUT_TORCH = (
    'tests/test_environment.py',
    'tests/test_installation.py',
    'tests/commands',
    'tests/preprocessing/video',
    'tests/viewer/test_result_folder.py',
    'tests/end_to_end/test_spot.py',
)
WITH_TORCH = (
    'tests/test_bundled.py',
    'tests/test_compat.py',
    'tests/preprocessing/test_prepare.py',
    'tests/datasets',
    'tests/end_to_end/test_main_job.py',
)
SHOWN = ('torch', 'numpy', 'opencv-python', 'av', 'mmengine', 'decord2', 'numba', 'scipy', 'pandas')


@dataclass
class Row:
    """What became of one Python at one end."""

    python: str
    end: str
    versions: dict[str, str]
    result: str
    seconds: float

    @property
    def failed(self) -> bool:
        """Whether something is wrong, as opposed to not tried."""
        return self.result.startswith('failed')

    def cells(self) -> list[str]:
        """The row of the table."""
        return [
            self.python,
            self.end,
            *(self.versions.get(n, '') for n in SHOWN),
            self.result,
            f'{self.seconds:.0f}',
        ]


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('--python', nargs='+', default=[f'3.{minor}' for minor in range(10, 15)])
    parser.add_argument(
        '--another', action='store_true', help='only the newest that is not the one that runs this'
    )
    parser.add_argument('--end', nargs='+', choices=ENDS, default=list(ENDS))
    parser.add_argument('--torch', default='', help='pip arguments, or: system')
    parser.add_argument('--out', type=Path, default=ROOT / 'work_dirs' / 'check_versions')
    parser.add_argument('--tests', nargs='+', default=[], help='instead of the chosen ones')
    return parser.parse_args()


def main() -> int:
    """Try each Python at each end."""
    args = parse_args()
    if args.another:
        own = '{}.{}'.format(*sys.version_info)
        args.python = [v for v in reversed(args.python) if v != own and find_interpreter(v) is not None][:1]
        if not args.python:
            print(f'there is no Python beside {own}: nothing was tried on a second one', file=sys.stderr)
            return 0
    args.out.mkdir(parents=True, exist_ok=True)
    rows = []
    for python in args.python:
        for end in args.end:
            began = time.monotonic()
            print(f'{python}, {end} ...', file=sys.stderr, flush=True)
            versions: dict[str, str] = {}
            try:
                result = check(python, end, args.torch, args.tests, args.out, versions)
            except subprocess.CalledProcessError as error:
                result = f'failed: {" ".join(map(str, error.cmd[:6]))} ...'
            rows.append(Row(python, end, versions, result, time.monotonic() - began))
    header = ['Python', 'end', *SHOWN, 'result', 's']
    lines = [header, ['---'] * len(header), *(row.cells() for row in rows)]
    table = '\n'.join(f'| {" | ".join(line)} |' for line in lines) + '\n'
    (args.out / 'table.md').write_text(table, encoding='utf-8')
    print(table, end='')
    return int(any(row.failed for row in rows))


def check(python: str, end: str, torch: str, tests: list[str], out: Path, versions: dict[str, str]) -> str:
    """Resolve, install and run; fills ``versions``.

    Returns:
        str: What the table says of it.
    """
    interpreter = find_interpreter(python)
    if interpreter is None:
        return 'no such interpreter here'
    folder = out / f'{python}-{end}'
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    requirements = ROOT / 'requirements-lock.txt' if end == LOCKED else resolve(interpreter, end, folder)
    venv = folder / 'venv'
    system = ['--system-site-packages'] if torch == 'system' else []
    subprocess.run([interpreter, '-m', 'venv', *system, str(venv)], check=True)
    inside = venv / ('Scripts/python.exe' if os.name == 'nt' else 'bin/python')
    pip = [str(inside), '-m', 'pip', '--disable-pip-version-check']
    subprocess.run([*pip, 'install', '-qq', '-r', str(requirements)], check=True)
    if torch and not system:
        subprocess.run([*pip, 'install', '-qq', *shlex.split(torch)], check=True)
    subprocess.run([*pip, 'install', '-qq', '--no-deps', str(ROOT)], check=True)
    versions.update(installed(inside))
    if not system:  # a distribution's own packages are not ours to judge
        absent = [] if 'torch' in versions else ['torch, which is not installed']
        problems = subprocess.run([*pip, 'check'], capture_output=True, text=True, check=False).stdout
        wrong = [line for line in problems.splitlines() if not any(text in line for text in absent)]
        if wrong and wrong != ['No broken requirements found.']:
            return f'failed: pip check: {"; ".join(wrong)}'
    subprocess.run([str(inside), '-I', str(ROOT / 'mmaction_mespot' / 'installation.py')], check=True)
    has_torch = subprocess.run([str(inside), '-c', 'import torch'], capture_output=True, check=False)
    tests = tests or [*WITHOUT_TORCH, *(() if has_torch.returncode else WITH_TORCH)]
    # The package of this folder, whose bundle the installation above made.
    run_tests = [str(inside), '-m', 'pytest', '-q', '-p', 'no:cacheprovider', '-n', '2', *tests]
    try_installed = [str(inside), str(ROOT / 'tools' / 'try_installed.py'), str(venv)]
    for command, name in ((run_tests, 'tests.log'), (try_installed, 'installed.log')):
        log = folder / name
        variables = {**os.environ, 'OMP_NUM_THREADS': '1', 'PYTHONPATH': str(ROOT)}
        with log.open('w', encoding='utf-8') as file:
            done = subprocess.run(command, cwd=ROOT, env=variables, stdout=file, stderr=file, check=False)
        said = log.read_text(encoding='utf-8', errors='replace').splitlines()
        print(*(said[-60:] if done.returncode else said[-1:]), sep='\n', file=sys.stderr, flush=True)
        if done.returncode:
            return f'failed: {log}'
    return 'passed without torch' if has_torch.returncode else 'passed'


def find_interpreter(version: str) -> str | None:
    """A Python of this version that runs."""
    pyenv = Path(os.environ.get('PYENV_ROOT', Path.home() / '.pyenv'), 'versions')
    candidates = [
        sys.executable,
        f'python{version}',
        *map(str, sorted(pyenv.glob(f'{version}.*/bin/python'))),
    ]
    if shutil.which('uv'):
        found = subprocess.run(['uv', 'python', 'find', version], capture_output=True, text=True, check=False)
        candidates += found.stdout.split('\n')[:1] if found.returncode == 0 else []
    code = f'import sys; sys.exit("%d.%d" % sys.version_info[:2] != "{version}")'
    for candidate in filter(shutil.which, candidates):
        if subprocess.run([candidate, '-c', code], capture_output=True, check=False).returncode == 0:
            return candidate
    return None


def requirements(*extras: str) -> str:
    """What setup.py asks for, a line each."""
    importlib.import_module('setuptools')  # provides distutils
    run_setup = importlib.import_module('distutils.core').run_setup
    distribution = run_setup(str(ROOT / 'setup.py'), stop_after='init')
    lists = [distribution.install_requires, *(distribution.extras_require[extra] for extra in extras)]
    return '\n'.join(line for lines in lists for line in lines) + '\n'


def resolve(python: str, end: str, folder: Path) -> Path:
    """Choose the versions, wheels alone and without torch; the file of them."""
    override, wanted, chosen = (
        folder / name for name in ('override.txt', 'requirements.in', 'requirements.txt')
    )
    wanted.write_text(requirements('tests'), encoding='utf-8')
    override.write_text("torch ; sys_platform == 'never'\n", encoding='utf-8')
    command = ['uv', 'pip', 'compile', '--quiet', str(wanted)]
    command += ['--override', str(override), '--python', python, '--resolution', ENDS[end]]
    command += ['--only-binary', ':all:', '--no-header', '--no-annotate', '--output-file', str(chosen)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return chosen


def installed(python: Path) -> dict[str, str]:
    """Versions of what the table shows."""
    code = (
        'import sys; from importlib.metadata import distributions;'
        'print(*(f"{d.name}={d.version}" for d in distributions() if d.name in sys.argv[1:]))'
    )
    output = subprocess.run([str(python), '-c', code, *SHOWN], capture_output=True, text=True, check=True)
    versions: dict[str, str] = {}
    for item in output.stdout.split():
        name, version = item.split('=')
        versions.setdefault(name, version)
    return versions


if __name__ == '__main__':
    sys.exit(main())
