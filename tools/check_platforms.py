"""Shows for which platforms and Pythons there are wheels of all in requirements-lock.txt, and of torch.

Resolves without installing, so it answers for machines that are not at hand. Needs uv (pip install uv).
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from check_versions import requirements

ROOT = Path(__file__).resolve().parents[1]
PYTHONS = tuple(f'3.{minor}' for minor in range(10, 15))
# Intel Macs are not among them: torch has no wheel for them since 2.3 (conda-forge has: environment.yml).
PLATFORMS = {
    'Linux, x86-64': 'x86_64-manylinux_2_28',
    'Linux, Arm': 'aarch64-manylinux_2_28',
    'macOS 14, Apple Silicon': 'aarch64-apple-darwin',
    'Windows, x86-64': 'x86_64-pc-windows-msvc',
}


def missing(platform: str, python: str) -> str:
    """What has no wheel there, empty where everything has one."""
    command = [
        'uv',
        'pip',
        'compile',
        '--quiet',
        'setup.py',
        'requirements-lock.txt',
    ]
    command += ['--python-platform', platform, '--python-version', python, '--only-binary', ':all:']
    variables = {**os.environ, 'MACOSX_DEPLOYMENT_TARGET': '14.0'}
    done = subprocess.run(
        command,
        input=requirements(),
        cwd=ROOT,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )
    return ' '.join(done.stderr.split()) or 'no answer' if done.returncode else ''


def main() -> int:
    """Print a table; 1 if a wheel is missing somewhere."""
    problems = []
    print(f'| platform | {" | ".join(PYTHONS)} |\n|{"---|" * (len(PYTHONS) + 1)}')
    for name, platform in PLATFORMS.items():
        cells = []
        for python in PYTHONS:
            problem = missing(platform, python)
            problems += [f'{name}, Python {python}: {problem}'] if problem else []
            cells.append('no' if problem else 'yes')
        print(f'| {name} | {" | ".join(cells)} |', flush=True)
    print(*problems, sep='\n', file=sys.stderr)
    return int(bool(problems))


if __name__ == '__main__':
    sys.exit(main())
