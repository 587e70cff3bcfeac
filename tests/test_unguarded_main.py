from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

SCRIPT = """
print('once')
import operator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from mmaction_mespot.unguarded_main import without_main
with ProcessPoolExecutor(2, get_context('spawn')) as pool, without_main():
    print([future.result() for future in [pool.submit(operator.add, 1, n) for n in range(3)]])
print(__file__)
"""


def test_a_script_without_a_guard_runs_once(tmp_path: Path) -> None:
    script = tmp_path / 'script.py'
    script.write_text(SCRIPT)
    variables = {**os.environ, 'PYTHONPATH': str(Path(__file__).parents[1])}
    done = subprocess.run([sys.executable, str(script)], env=variables, capture_output=True, text=True)
    assert done.stderr == ''
    assert done.stdout.splitlines() == ['once', '[1, 2, 3]', str(script)]
