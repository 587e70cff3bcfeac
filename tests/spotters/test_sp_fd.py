from __future__ import annotations

import numpy as np
import pytest
from region_moves import region_flow

from mmaction_mespot.intervals.detections import MAE, ME
from mmaction_mespot.intervals.iou import segment_iou
from mmaction_mespot.spotters.sp_fd import SPFDSpotter, special_patterns


def velocity(*stretches: tuple[int, int, float, float]) -> np.ndarray:
    values = np.zeros((40, 2))
    for start, end, x, y in stretches:
        values[start:end] = x, y
    return values


def test_out_and_back_is_a_pattern() -> None:
    # 4 frames of .5 px to the right, 5 of .3 px to the left: ways of 2 and 1.5 px.
    patterns = special_patterns(velocity((5, 9, 0.5, 0), (14, 19, -0.3, 0)), 0.1, 30)
    np.testing.assert_allclose(patterns, [[5, 19, 1.5]])


@pytest.mark.parametrize(
    'second',
    [
        (14, 19, 0.3, 0),  # goes on the same way
        (14, 19, 0, 0.3),  # turns by a right angle
        (14, 17, -0.3, 0),  # comes back less than half
        (36, 40, -0.5, 0),  # too late
    ],
)
def test_what_is_no_pattern(second: tuple[int, int, float, float]) -> None:
    assert len(special_patterns(velocity((5, 9, 0.5, 0), second), 0.1, 30)) == 0


def test_slow_and_short_lobes_are_passed_over() -> None:
    moves = velocity((5, 9, 0.5, 0), (10, 12, -0.2, 0), (14, 19, -0.3, 0))
    np.testing.assert_allclose(special_patterns(moves, 0.1, 30), [[5, 19, 1.5]])
    moves[20:30] = 0.05, 0
    assert len(special_patterns(moves, 0.1, 30)) == 1


@pytest.mark.parametrize('fps', [30.0, 60.0])
def test_finds_both_classes_at_any_frame_rate(fps: float) -> None:
    flow = region_flow([(5.0, 5.4, 'chin', 1.0), (12.0, 13.2, 'left_mouth_corner', 1.5)], fps)
    found = SPFDSpotter().spot(flow, fps, 1)
    for (start, end), label in (((5.0, 5.4), ME), ((12.0, 13.2), MAE)):
        own = found[found.labels == label]
        assert segment_iou(own.segments / fps, np.array([[start, end]])).max() > 0.7
    assert found.scores[0] == pytest.approx(1 - 0.1 / 1.5, abs=0.01)


def test_noise_is_filtered() -> None:
    moves = [(5.0, 6.0, 'chin', 1.0)]
    found = SPFDSpotter().spot(region_flow(moves, 30.0, noise=0.03), 30.0, 1)
    assert segment_iou(found.segments[:1] / 30, np.array([[5.0, 6.0]]))[0, 0] > 0.5


def test_still_video_and_missing_face_give_nothing() -> None:
    for flow in (np.zeros((300, 14, 2)), np.full((300, 14, 2), np.nan)):
        assert len(SPFDSpotter().spot(flow, 30.0, 4)) == 0


def test_bad_options_are_named() -> None:
    with pytest.raises(ValueError, match='way_px must be above 0, found 0'):
        SPFDSpotter(way_px=0)
    with pytest.raises(ValueError, match=r'found 5, 4\.0'):
        SPFDSpotter(min_length_s=5)
