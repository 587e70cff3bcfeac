from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.study.calibration_file import adapt, read_calibration
from mmaction_mespot.study.corrections import FORMAT, VERSION
from mmaction_mespot.study.reviewed import events_of, reviewed_videos
from mmaction_mespot.study.tables import read_study


def row(onset: int, score: float) -> dict:
    end = onset + 20
    times = dict(onset_s=onset / 30, apex_s=None, offset_s=end / 30)
    return dict(label='MaE', onset=onset, apex=None, offset=end, score=score, face=0, note='', **times)


def write_video(root: Path, name: str) -> None:
    """12 candidates, the first 6 of them accepted, 3 of them above the threshold; all were reviewed."""
    rows = [row(100 * place, round(0.9 - 0.05 * place, 2)) for place in range(12)]
    content = {
        'video': {'path': f'{name}.mp4', 'fps': 30.0, 'total_frames': 1800, 'duration_s': 60.0},
        'model': {'name': 'flow'},
        'thresholds': {'MaE': 0.8, 'ME': 0.8},
        'intervals': rows[:3],
        'candidates': rows,
        'notes': [],
    }
    states = ['accepted'] * 6 + ['rejected'] * 6
    keys = ('label', 'onset', 'apex', 'offset', 'onset_s', 'apex_s', 'offset_s')
    decided = [
        {key: one[key] for key in keys} | dict(id=str(place), state=state, candidate=one)
        for place, (one, state) in enumerate(zip(rows, states, strict=True))
    ]
    told = {
        'format': FORMAT,
        'version': VERSION,
        'coder': 'anna',
        'revision': 1,
        'thresholds': content['thresholds'],
        'reviewed': [[0, 1799]],
        'rows': decided,
    }
    (root / name / 'corrections').mkdir(parents=True)
    (root / name / 'intervals.json').write_text(json.dumps(content))
    (root / name / 'corrections' / 'anna.json').write_text(json.dumps(told))


def test_from_corrections_to_a_calibration(tmp_path: Path) -> None:
    for name in ('a', 'b', 'P1/c'):
        write_video(tmp_path, name)
    assert len(events_of(tmp_path, 'anna')['P1/c'][0].labels) == 6
    assert len(events_of(tmp_path, 'spotter')['a'][0].labels) == 3
    assert [video.minutes for video in reviewed_videos(tmp_path, 'anna')] == [1.0] * 3
    assert read_study(tmp_path)[0]['probability'].isna().all()
    content = adapt(tmp_path, 'anna', tmp_path / 'calibration.json')
    assert content['thresholds'] == {'MaE': 0.65, 'ME': 0.8}
    assert content['gain']['gained'] and content['gain']['after']['recall'] == 1
    found = read_calibration(tmp_path / 'calibration.json', 'flow')
    assert found.thresholds == (0.65, 0.8)
    table = read_study(tmp_path)[0]
    expected = found.probability(table['score'].to_numpy(), np.zeros(9, dtype=np.int64))
    assert table['probability'].to_numpy() == pytest.approx(expected, abs=1e-4)
    with pytest.raises(MESpotError, match="is for the spotter 'flow', expected 'lite'"):
        read_calibration(tmp_path / 'calibration.json', 'lite')


def test_scores_stay_with_their_candidates(tmp_path: Path) -> None:
    write_video(tmp_path, 'a')
    path = tmp_path / 'a' / 'intervals.json'
    content = json.loads(path.read_text())
    content['candidates'].sort(key=lambda one: one['onset'] % 300)  # not by time
    path.write_text(json.dumps(content))
    (video,) = reviewed_videos(tmp_path, 'anna')
    expected = [0.9 - 0.05 * round(onset * 30 / 100) for onset in video.candidates.segments_s[:, 0]]
    assert video.scores == pytest.approx(expected)


def test_an_unknown_coder(tmp_path: Path) -> None:
    write_video(tmp_path, 'a')
    with pytest.raises(MESpotError, match="'bob' has corrected no video, expected one of spotter, anna"):
        events_of(tmp_path, 'bob')
    (tmp_path / 'x.json').write_text('{"format": 1}')
    with pytest.raises(MESpotError, match='expected a calibration'):
        read_calibration(tmp_path / 'x.json')
