from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

TOOL = Path(__file__).parents[2] / 'tools' / 'benchmarks' / 'prepare.py'


def test_every_stage_and_both_lengths_are_measured() -> None:
    words = [str(TOOL), '--frames', '5', '--size', '48', '--short', '0.2', '--long', '0.4']
    done = subprocess.run(
        [sys.executable, *words],
        env={**os.environ, 'OMP_NUM_THREADS': '1'},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    rows = [
        [cell.strip() for cell in line.split('│')[1:-1]] for line in done.stdout.splitlines() if '│' in line
    ]
    stages = {row[0]: [float(cell) for cell in row[1:]] for row in rows if len(row) == 8}
    assert list(stages) == [
        'decode',
        'align',
        'flow tvl1',
        'flow tvl1-fast',
        'flow dis',
        'store',
        'whole, dis',
    ]
    for name, (cpu_1, cpu_2, cpu_ratio, wall_1, wall_2, wall_ratio, peak) in stages.items():
        assert abs(cpu_ratio - cpu_2 / cpu_1) < 0.02 * cpu_ratio, name
        assert abs(wall_ratio - wall_2 / wall_1) < 0.02 * wall_ratio, name
        assert 20 < peak < 5000
    assert [row[:2] for row in rows if len(row) == 3] == [['0.2', '6'], ['0.4', '12']]


def test_a_folder_without_frames_is_named(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(TOOL), '--source', str(tmp_path)], capture_output=True, text=True
    )
    assert done.returncode == 1
    assert done.stderr.strip() == f'error: {tmp_path}: holds no .jpg'
