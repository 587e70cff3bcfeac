from __future__ import annotations

import numpy as np
import pytest

from mmaction_mespot.evaluation.functional.outcomes import video_outcomes
from mmaction_mespot.evaluation.functional.video_result import VideoResult
from mmaction_mespot.intervals.detections import Detections
from mmaction_mespot.reports import report_errors
from mmaction_mespot.reports.report_errors import (
    KnownEvents,
    amplitude_rows,
    error_rows,
    false_reason,
    miss_reason,
)

THRESHOLDS = [0.5, 0.5]


def make_video(candidates: list[tuple[float, float, float, int]]) -> VideoResult:
    """A MaE at 100-130, an ME at 300-310."""
    found = np.array(candidates, dtype=np.float64).reshape(-1, 4)
    detections = Detections(found[:, :2], found[:, 2], found[:, 3])
    return VideoResult(
        'v', 's', None, 30.0, 1000, np.array([[100, 130], [300, 310]]), np.array([0, 1]), detections
    )


@pytest.mark.parametrize(
    ('candidate', 'reason'),
    [
        ((100, 130, 0.9, 1), report_errors.OTHER_CLASS),
        ((100, 112, 0.9, 0), report_errors.BOUNDARIES),  # IoU .4
        ((100, 130, 0.2, 0), report_errors.BELOW_THRESHOLD),
        ((100, 105, 0.9, 0), report_errors.NO_CANDIDATE),  # IoU .17
    ],
)
def test_why_a_label_was_missed(candidate: tuple[float, float, float, int], reason: str) -> None:
    video = make_video([candidate])
    missed = next(o for o in video_outcomes(video, THRESHOLDS) if o.kind == 'FN' and o.label == 0)
    assert miss_reason(missed, video, THRESHOLDS, 0.5) == reason


@pytest.mark.parametrize(
    ('candidate', 'reason'),
    [
        ((101, 131, 0.8, 0), report_errors.SECOND),
        ((300, 310, 0.8, 0), report_errors.OTHER_CLASS),
        ((300, 304, 0.8, 1), report_errors.BOUNDARIES),
        ((500, 512, 0.8, 1), 'blink'),
        ((700, 712, 0.8, 1), report_errors.ELSEWHERE),
    ],
)
def test_where_a_false_detection_comes_from(candidate: tuple[float, float, float, int], reason: str) -> None:
    events = KnownEvents(distractors=[('drift', (0, 600)), ('swallow', (510, 540)), ('blink', (498, 508))])
    video = make_video([(100, 130, 0.9, 0), candidate])
    false = next(o for o in video_outcomes(video, THRESHOLDS) if o.kind == 'FP')
    assert false_reason(false, video, events, 0.5) == reason


def test_without_events_nothing_is_known() -> None:
    video = make_video([(500, 512, 0.8, 1)])
    false = next(o for o in video_outcomes(video, THRESHOLDS) if o.kind == 'FP')
    assert false_reason(false, video, None, 0.5) == report_errors.ELSEWHERE


def test_rows_count_by_class() -> None:
    video = make_video([])
    missed = video_outcomes(video, THRESHOLDS)
    reasons = [(missed[0], 'b'), (missed[1], 'a'), (missed[1], 'a')]
    assert error_rows(reasons, 'FN') == [['a', '0', '2'], ['b', '1', '0']]
    assert error_rows(reasons, 'FP') == []


def test_found_by_amplitude() -> None:
    truths = np.array([[i * 100, i * 100 + 30] for i in range(6)])
    found = Detections(truths[3:], np.ones(3), np.zeros(3))
    video = VideoResult('v', 's', None, 30.0, 1000, truths, np.zeros(6), found)
    known = KnownEvents(amplitudes=[((i * 100 + 2.0, i * 100 + 31.0), 0.01 * (i + 1)) for i in range(6)])
    rows = amplitude_rows(video_outcomes(video, THRESHOLDS), {(None, 'v'): known}, groups=3)
    assert rows == [
        ['MaE', '0.0100 - 0.0200', '0', '2', '0.00'],
        ['MaE', '0.0300 - 0.0400', '1', '2', '0.50'],
        ['MaE', '0.0500 - 0.0600', '2', '2', '1.00'],
    ]
