"""Small videos for the tests of the counting."""

import numpy as np
import pytest

from mmaction_mespot.evaluation.functional.video_result import VideoResult
from mmaction_mespot.intervals.detections import Detections


def build_video(truth=(), found=(), video_id='s01_0101', subject='s01', part=None):
    """Build a video of rows (start, end, label) and (start, end, score, label)."""
    truth = np.array(truth, dtype=np.float64).reshape(-1, 3)
    found = np.array(found, dtype=np.float64).reshape(-1, 4)
    return VideoResult(
        video_id=video_id,
        subject=subject,
        part=part,
        fps=30.0,
        total_frames=1000,
        segments=truth[:, :2],
        labels=truth[:, 2],
        detections=Detections(found[:, :2], found[:, 2], found[:, 3]),
    )


@pytest.fixture
def make_video():
    return build_video


@pytest.fixture(scope='module')
def make_video_module():
    """The same for tests with hypothesis, whose fixtures are not per example."""
    return build_video


@pytest.fixture
def benchmark_videos():
    """Two subjects, three videos; one without events.

    By hand, at IoU 0.5 and without a threshold, MaE: .9 hits, .8 hits nothing, .7 (in the empty video) hits
    nothing, .6 hits: TP 2, FP 2, FN 1. ME: .95 hits, .5 repeats it, .4 hits: TP 2, FP 1, FN 0.
    """
    return [
        build_video(
            [(0, 30, 0), (100, 130, 0), (200, 210, 1)],
            [(0, 28, 0.9, 0), (50, 80, 0.8, 0), (200, 209, 0.95, 1), (201, 210, 0.5, 1)],
            's01_0101',
            's01',
            'normal',
        ),
        build_video([], [(10, 40, 0.7, 0)], 's01_0102', 's01', 'normal'),
        build_video(
            [(300, 330, 0), (400, 412, 1)],
            [(300, 335, 0.6, 0), (400, 412, 0.4, 1)],
            's02_0101',
            's02',
            'hard',
        ),
    ]
