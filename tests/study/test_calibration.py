from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.study.calibration import calibrate, counts_at, gain_report, hits_of
from mmaction_mespot.study.reviewed import Events, ReviewedVideo


def video(name: str, scores: list[float], true: int, label: int = 0) -> ReviewedVideo:
    """Candidates one after the other, of which the first ones are events; 2 minutes reviewed."""
    starts = np.arange(len(scores), dtype=float) * 2
    segments = np.stack([starts, starts + 1], axis=1)
    labels = np.full(len(scores), label, dtype=np.int64)
    truth = Events(segments[:true], labels[:true])
    return ReviewedVideo(name, truth, Events(segments, labels), np.array(scores), 2.0, len(scores))


def test_counts_by_hand() -> None:
    one = video('a', [0.9, 0.6, 0.8, 0.3], 2)
    assert hits_of(one).tolist() == [True, True, False, False]
    assert counts_at(one, (0.7, 0.7)).tolist() == [1, 2, 2]


def test_threshold_and_probability() -> None:
    videos = [video('a', [0.9, 0.8, 0.7, 0.4, 0.3, 0.2, 0.1], 3)]
    found = calibrate(videos, (0.95, 0.5))
    assert found.thresholds == (0.7, 0.5)
    high, low = found.probability(np.array([0.9, 0.1]), np.array([0, 0]))
    assert 0 < low < 0.3 < 0.7 < high < 1


def test_a_gain_is_claimed_only_where_its_interval_is_above_zero() -> None:
    clear = [video(name, [0.9, 0.8, 0.7, 0.4, 0.3, 0.2], 3) for name in 'abcd']
    report = gain_report(clear, (0.85, 0.5))
    # Before 1 of 3 found and none wrong: F1 .5; after all of them.
    assert report['before'] == pytest.approx(dict(precision=1, recall=1 / 3, f1=0.5, false_per_min=0))
    assert report['f1_gain'] == pytest.approx(dict(value=0.5, low=0.5, high=0.5)) and report['gained']
    assert not gain_report(clear, (0.7, 0.5))['gained']


def test_too_little_was_reviewed() -> None:
    with pytest.raises(MESpotError, match='found 6 reviewed intervals, expected 20 or more'):
        gain_report([video('a', [0.9] * 6, 3)], (0.5, 0.5))
    with pytest.raises(MESpotError, match='found one reviewed video'):
        gain_report([replace(video('a', [0.9] * 6, 3), decided=20)], (0.5, 0.5))
