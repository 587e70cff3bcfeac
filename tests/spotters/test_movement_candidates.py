from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmaction_mespot.preprocessing.faces.mesh import NUM_LANDMARKS
from mmaction_mespot.preprocessing.faces.shape import MEAN_FACE, SHAPE_REGIONS, shape_points
from mmaction_mespot.spotters.movement_candidates import (
    SHAPE,
    MovementTraces,
    movement_traces,
    propose,
)

FPS = 30.0


def traces_with(flow: dict[int, np.ndarray], shape: dict[int, np.ndarray], frames: int) -> MovementTraces:
    """A still face but for courses (frames + 1,) of single regions to the right, inter-ocular distances."""
    arrays = [np.zeros((frames + 1, count, 2)) for count in (14, 13, 1, 1)]
    for array, courses in zip(arrays, (flow, shape), strict=False):
        for region, course in courses.items():
            array[:, region, 0] = course
    return MovementTraces(*arrays, closed=np.zeros(frames, bool), fps=FPS)


def bump(frames: int, start: int, end: int, height: float) -> np.ndarray:
    """A course that rises over a third of an interval, stays, and comes back."""
    at = np.arange(frames + 1)
    third = (end - start) / 3
    return height * np.clip(np.minimum((at - start) / third, (end - at) / third), 0, 1)


def best_iou(segments: np.ndarray, start: float, end: float) -> float:
    inter = np.minimum(segments[:, 1], end) - np.maximum(segments[:, 0], start)
    union = np.ptp(segments, axis=1) + end - start - inter
    return float(np.max(np.maximum(inter, 0) / union, initial=0))


def test_a_still_face_gives_no_candidate() -> None:
    segments, sources = propose(traces_with({}, {}, 120))
    assert segments.shape == (0, 2) and sources.shape == (0,)


@settings(deadline=None, max_examples=20)
@given(start=st.integers(60, 200), length=st.integers(9, 110), height=st.floats(0.01, 0.4))
def test_a_movement_of_any_length_and_size_has_a_close_candidate(
    start: int, length: int, height: float
) -> None:
    course = bump(400, start, start + length, height)
    segments, _ = propose(traces_with({10: course, 11: course}, {}, 400))
    assert best_iou(segments, start, start + length) > 0.75


def test_a_long_held_expression_is_seen_in_the_shape_alone() -> None:
    course = bump(600, 150, 330, 0.2)
    segments, sources = propose(traces_with({}, {4: course, 5: course}, 600))
    assert best_iou(segments, 150, 330) > 0.8
    assert set(sources) == {SHAPE}


def test_traces_from_streams_are_in_inter_ocular_distances() -> None:
    frames, gap = 60, 4
    flow, head = np.zeros((frames, 14, 2)), np.zeros((frames, 2))
    flow[20:24, 3, 1] = 4.48  # px per gap of 4 frames: 4.48 px in all
    mesh = np.repeat(np.random.default_rng(1).uniform(10, 100, (1, NUM_LANDMARKS, 3)), frames, axis=0)
    mesh[:, list(MEAN_FACE)] = 56 + 44.8 * np.array(list(MEAN_FACE.values()))
    mesh[30:, list(SHAPE_REGIONS['chin']), 1] += 4.48
    traces = movement_traces(flow, head, shape_points(mesh), FPS, gap, 112)
    assert len(traces) == frames
    assert traces.flow[-1, 3, 1] == pytest.approx(0.1) and traces.flow[20, 3, 1] == 0
    chin = traces.shape[:, list(SHAPE_REGIONS).index('chin'), 1]
    assert chin[-1] - chin[0] == pytest.approx(0.1, abs=0.005)
    assert not traces.closed.any()
    with pytest.raises(ValueError, match='60, 60 and 59 frames, expected one length'):
        movement_traces(flow, head, shape_points(mesh)[1:], FPS, gap, 112)
