"""The benchmark checks itself: the matcher and its double loop must count the same."""

import runpy
import sys
from pathlib import Path

import pytest

TOOL = Path(__file__).parents[2] / 'tools' / 'benchmarks' / 'metric.py'


def test_it_runs_on_a_small_case(monkeypatch, capsys):
    sizes = ['--detections', '300', '--labels', '40', '--videos', '10', '2', '--repeats', '1']
    monkeypatch.setattr(sys, 'argv', [str(TOOL), *sizes])
    runpy.run_path(str(TOOL), run_name='__main__')
    printed = capsys.readouterr().out
    assert printed.count('plain double loop') == 2
    assert '300 detections, 40 labels, 2 videos' in printed


def test_a_different_count_is_an_error(monkeypatch):
    tool = runpy.run_path(str(TOOL))
    monkeypatch.setitem(tool['measure'].__globals__, 'double_loop', lambda videos: (0, 0, 0))
    with pytest.raises(RuntimeError, match='the double loop'):
        tool['measure'](30, 4, 2, 1)
