"""Writes requirements-lock.txt anew: one version of every package, for every Python and platform at once.

Needs uv (pip install uv) and a network. torch is left out, since its build is the user's choice; what torch
itself needs is there. Whoever runs this tries the result: tools/check_versions.py.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / 'requirements-lock.txt'
HEAD = '# The tried set, by tools/lock.py. torch is not in it: tools/setup_env.py says how it is chosen.\n'
# What torch needs beside us.
MORE = ('fsspec', 'jinja2', 'networkx', 'sympy', 'typing_extensions')


def main() -> int:
    """Resolve and write."""
    with tempfile.TemporaryDirectory() as folder:
        override, more = Path(folder, 'override.txt'), Path(folder, 'more.in')
        override.write_text("torch ; sys_platform == 'never'\n", encoding='utf-8')
        more.write_text('\n'.join(MORE) + '\n', encoding='utf-8')
        command = ['uv', 'pip', 'compile', '--quiet', str(ROOT / 'setup.py'), str(more)]
        command += ['--extra', 'tests', '--extra', 'docs', '--override', str(override), '--upgrade']
        command += ['--universal', '--python-version', '3.10', '--no-annotate', '--no-header']
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        return done.returncode
    lines = [line for line in done.stdout.splitlines() if not line.startswith('torch==')]
    LOCK.write_text(HEAD + '\n'.join(lines) + '\n', encoding='utf-8')
    return 0


if __name__ == '__main__':
    sys.exit(main())
