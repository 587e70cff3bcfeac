from __future__ import annotations

import json
import runpy
import sys
from pathlib import Path

import cv2
import pytest

from mmaction_mespot.errors import MESpotError
from tests.study.test_fine_tuning import write_study

TOOL = Path(__file__).parents[2] / 'tools' / 'benchmarks' / 'adapt.py'


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> None:
    monkeypatch.setattr(sys, 'argv', [str(TOOL), *map(str, arguments)])
    runpy.run_path(str(TOOL))['main']()


def test_the_gain_against_reviewed_minutes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_study(tmp_path / 'results', 6, telling=1.0)
    words = (f'told={tmp_path / "results"}', '--minutes', 5, 20, '--folds', 2, '--draws', 1)
    run(monkeypatch, *words, '--out', tmp_path / 'out')
    (row,) = json.loads((tmp_path / 'out' / 'adapt.json').read_text())[
        'told'
    ]  # of 12 minutes, 20 are not there
    assert row['minutes'] == 5 and row['fine_tuned']['f1_gain']['value'] > 0.4
    assert row['fine_tuned_over_thresholds']['gained']
    assert 'told, 5 min, fine_tuned: F1' in capsys.readouterr().out
    assert cv2.imread(str(tmp_path / 'out' / 'adapt.png')) is not None


def test_results_without_labels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_study(tmp_path, 3, telling=1.0)
    path = tmp_path / 'P1' / 'a' / 'intervals.json'
    path.write_text(json.dumps(json.loads(path.read_text()) | {'ground_truth': None}))
    with pytest.raises(MESpotError, match=r'P1/a/intervals\.json: holds no labels'):
        run(monkeypatch, f'x={tmp_path}')
    path.write_text(json.dumps(json.loads(path.read_text()) | {'ground_truth': []}))
    with pytest.raises(MESpotError, match='found fewer minutes than 20 of the people who are not left out'):
        run(monkeypatch, f'x={tmp_path}', '--minutes', 20)
    with pytest.raises(MESpotError, match='--minutes: found 1, expected 5 or more'):
        run(monkeypatch, f'x={tmp_path}', '--minutes', 1)
