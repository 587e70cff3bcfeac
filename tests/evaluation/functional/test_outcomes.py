from __future__ import annotations

import math

import numpy as np
import pytest

from mmaction_mespot.evaluation.functional.outcomes import interval_iou, video_outcomes
from mmaction_mespot.evaluation.functional.video_result import VideoResult
from mmaction_mespot.intervals.detections import Detections


def make_video(
    truths: list[tuple[float, float, int]], candidates: list[tuple[float, float, float, int]]
) -> VideoResult:
    truth = np.array(truths, dtype=np.float64).reshape(-1, 3)
    found = np.array(candidates, dtype=np.float64).reshape(-1, 4)
    detections = Detections(found[:, :2], found[:, 2], found[:, 3])
    return VideoResult('s01_0101', 's01', 'normal', 30.0, 300, truth[:, :2], truth[:, 2], detections)


def test_each_label_and_each_detection_gets_its_mark() -> None:
    video = make_video(
        [(10, 40, 0), (100, 112, 1), (200, 240, 0)],
        [
            (10, 40, 0.9, 0),  # hits the first label
            (12, 42, 0.8, 0),  # the label is taken
            (100, 112, 0.7, 0),  # the other class
            (200, 240, 0.1, 0),  # below the threshold
            (100, 112, 0.4, 1),  # ME has a threshold of its own
        ],
    )
    outcomes = video_outcomes(video, [0.5, 0.3])
    assert [(o.kind, o.label, o.truth, o.found) for o in outcomes] == [
        ('TP', 0, (10, 40), (10, 40)),
        ('TP', 1, (100, 112), (100, 112)),
        ('FN', 0, (200, 240), None),
        ('FP', 0, None, (12, 42)),
        ('FP', 0, None, (100, 112)),
    ]
    assert outcomes[0].iou == 1.0 and outcomes[0].score == 0.9
    assert math.isnan(outcomes[2].score)


def test_iou_threshold_decides() -> None:
    video = make_video([(0, 10, 0)], [(0, 20, 0.9, 0)])
    assert [o.kind for o in video_outcomes(video, [0.5, 0.5], 0.5)] == ['TP']
    assert [o.kind for o in video_outcomes(video, [0.5, 0.5], 0.6)] == ['FN', 'FP']


def test_interval_iou() -> None:
    assert interval_iou((0, 10), (5, 15)) == pytest.approx(5 / 15)
    assert interval_iou((0, 10), (10, 20)) == 0
