"""The checks of the code and the whole test suite, inside .venv. Arguments go to pytest."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main(arguments: list[str]) -> int:
    """Run one check after the other, up to the first that fails."""
    # The theme advertises its successor at every build.
    variables = dict(os.environ, OMP_NUM_THREADS='1', NO_MKDOCS_2_WARNING='1')
    with tempfile.TemporaryDirectory() as site:
        checks = (
            ['ruff', 'check', '.'],
            ['ruff', 'format', '--check', '.'],
            ['mypy', 'mmaction_mespot'],
            ['mkdocs', 'build', '--quiet', '--strict', '--site-dir', site],
            ['pytest', '-n', '2', *arguments],
        )
        for check in checks:
            command = [sys.executable, '-m', *check]
            code = subprocess.call(command, cwd=ROOT, env=variables, stdin=subprocess.DEVNULL)
            if code:
                return code
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
