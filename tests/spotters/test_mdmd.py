from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mmaction_mespot.intervals.detections import MAE, ME
from mmaction_mespot.intervals.iou import segment_iou
from mmaction_mespot.spotters.mdmd import MDMDSpotter


def grid_flow(moves: list[tuple[float, float, float]], fps: float, seconds: float = 30.0) -> np.ndarray:
    """Flow between neighbouring frames, (n, 12, 12, 2): (start_s, end_s, px) out and back, with noise."""
    instants = np.arange(round(seconds * fps) + 1) / fps
    places = np.random.default_rng(0).normal(0, 0.005, (len(instants), 12, 12, 2))
    for start, end, height in moves:
        ramp = 0.3 * (end - start)
        share = np.clip(np.minimum(instants - start, end - instants) / ramp, 0, 1)
        places[:, 2:10, 2:10] += height * share[:, None, None, None] * np.array([0.8, -0.6])
    return np.diff(places, axis=0)


@pytest.mark.parametrize('fps', [30.0, 100.0])
@pytest.mark.parametrize(('label', 'move'), [(ME, (5.0, 5.4, 1.0)), (MAE, (12.0, 13.0, 1.2))])
def test_finds_each_class_at_any_frame_rate(label: int, move: tuple[float, float, float], fps: float) -> None:
    found = MDMDSpotter().spot(grid_flow([move], fps), fps, 1)
    own = found[found.labels == label]
    best = own[own.scores == 1.0]  # the highest of the video
    assert segment_iou(best.segments / fps, np.array([move[:2]]))[0, 0] > 0.6
    lengths = (found.segments[:, 1] - found.segments[:, 0]) / fps
    assert (lengths[found.labels == ME] <= 0.5).all() and (lengths[found.labels == MAE] >= 0.5).all()


def test_score_is_the_share_of_the_highest_peak_above_the_mean() -> None:
    flow = grid_flow([(5.0, 5.4, 1.0), (15.0, 15.4, 0.5)], 30.0)
    found = MDMDSpotter().spot(flow, 30.0, 1)
    own = found[found.labels == ME]
    weaker = own[(segment_iou(own.segments / 30, np.array([[15.0, 15.4]])) > 0.5)[:, 0]]
    # Half the height; the mean of the video is near 0.
    assert weaker.scores == pytest.approx([0.5], abs=0.05)


def test_higher_level_gives_shorter_intervals() -> None:
    flow = grid_flow([(5.0, 5.45, 1.0)], 30.0)
    lengths = [
        np.diff(found.segments[found.scores.argmax()])[0]
        for found in (MDMDSpotter(level=level).spot(flow, 30.0, 1) for level in (0.0, 0.6))
    ]
    assert lengths[1] < lengths[0]


def test_still_video_and_missing_face_give_nothing() -> None:
    assert len(MDMDSpotter().spot(np.zeros((300, 12, 12, 2)), 30.0, 4)) == 0
    assert len(MDMDSpotter().spot(np.full((300, 12, 12, 2), np.nan), 30.0, 4)) == 0


def test_region_flow_is_refused() -> None:
    with pytest.raises(ValueError, match=r'found \(300, 14, 2\)'):
        MDMDSpotter().spot(np.zeros((300, 14, 2)), 30.0, 4)


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        ({'step_s': (1.0,)}, r'found \(1\.0,\)'),
        ({'step_s': (1.0, 0.0)}, r'found \(1\.0, 0\.0\)'),
        ({'level': 1.0}, 'found 1.0'),
        ({'min_length_s': 0.6}, r'found 0\.6, 4\.0'),
    ],
)
def test_bad_options_are_named(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        MDMDSpotter(**options)
