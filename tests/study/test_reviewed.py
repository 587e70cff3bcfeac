from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

# The suite imports by importlib, which leaves the folder of the helper off the path.
sys.path.append(str(Path(__file__).parent))

from reviewed_study import write_video

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.study.calibration_file import adapt, read_calibration
from mmaction_mespot.study.reviewed import events_of, reviewed_videos
from mmaction_mespot.study.tables import read_study


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
