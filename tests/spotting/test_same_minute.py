"""What the default spotter finds in a minute of video does not depend on what lies before and after it."""

from __future__ import annotations

import numpy as np
import pytest

from mmaction_mespot.intervals.detections import Detections
from mmaction_mespot.intervals.selection import apply_thresholds
from mmaction_mespot.preprocessing.faces.mesh import NUM_LANDMARKS
from mmaction_mespot.preprocessing.faces.shape import SHAPE_REGIONS, shape_points
from mmaction_mespot.spotting.labelled_videos import VideoStreams, candidates_of
from mmaction_mespot.spotting.training_free import movement_model

FPS, GAP, EYES, MINUTE, EDGE = 30.0, 4, 44.8, 1800, 150
EVENTS = [(250, 310, 0.15), (420, 432, 0.03), (620, 700, 0.08), (900, 990, 0.2), (1200, 1212, 0.04)]
EVENTS += [(1400, 1450, 0.1), (1560, 1600, 0.12)]
Streams = dict[str, np.ndarray]


def film(seed: int, turn: float, frames: int = MINUTE, events: tuple = tuple(EVENTS)) -> Streams:
    """A face whose mouth corners go up at the events, while the head turns to and fro by an angle."""
    rng = np.random.default_rng(seed)
    at = np.arange(frames + 1)
    trace = np.zeros(frames + 1)
    for start, end, height in events:
        third = (end - start) / 3
        trace += height * EYES * np.clip(np.minimum((at - start) / third, (end - at) / third), 0, 1)
    flow = 0.02 * rng.standard_normal((frames, 14, 2))
    flow[:, 10:12, 1] -= GAP * np.diff(trace)[:, None]
    mesh = np.repeat(np.random.default_rng(1).uniform(10, 100, (1, NUM_LANDMARKS, 3)), frames, axis=0)
    corners = [*SHAPE_REGIONS['right_mouth_corner'], *SHAPE_REGIONS['left_mouth_corner']]
    mesh[:, corners, 1] -= trace[1:, None]
    angle = turn * (1 + np.sin(2 * np.pi * np.arange(frames) / 700)) / 2
    cos, sin = np.cos(angle)[:, None], np.sin(angle)[:, None]
    x, z = mesh[..., 0] - 55, mesh[..., 2] - 55
    mesh[..., 0], mesh[..., 2] = 55 + cos * x + sin * z, 55 - sin * x + cos * z
    mesh += 0.1 * rng.standard_normal(mesh.shape)
    return {
        'flow_roi': flow.astype(np.float32),
        'head_motion': np.zeros((frames, 2), np.float32),
        'face_shape': shape_points(mesh),
    }


def still(streams: Streams, place: int, frames: int) -> Streams:
    """The picture at one end, standing still."""
    kept = {name: np.zeros((frames, *values.shape[1:]), np.float32) for name, values in streams.items()}
    kept['face_shape'][:] = streams['face_shape'][place]
    return kept


def joined(*parts: Streams) -> Streams:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def found_in(streams: Streams, first: int) -> Detections:
    """Candidates at least five seconds within the minute that begins at a frame, in its own frames."""
    found = candidates_of(movement_model(), VideoStreams(streams, FPS, FPS))
    found = Detections(found.segments - first, found.scores, found.labels)
    inside = (found.segments[:, 0] >= EDGE) & (found.segments[:, 1] <= MINUTE - EDGE)
    return found[inside]


@pytest.fixture(scope='module')
def minute() -> Streams:
    return film(0, 0.15)


@pytest.fixture(scope='module')
def alone(minute: Streams) -> Detections:
    return found_in(minute, 0)


@pytest.mark.parametrize('where', ['looped', 'padded', 'inside'])
def test_the_same_minute_gives_the_same_intervals(where: str, minute: Streams, alone: Detections) -> None:
    if where == 'looped':
        streams, first = joined(minute, minute, minute), MINUTE
    elif where == 'padded':
        streams, first = joined(still(minute, 0, 1350), minute, still(minute, -1, 1350)), 1350
    else:  # a longer film, in which the head turns to the other side and further
        streams, first = joined(film(2, -0.2), minute, film(3, 0.3)), MINUTE
    expected, found = (
        apply_thresholds(one, movement_model().thresholds) for one in (alone, found_in(streams, first))
    )
    assert len(found) == len(expected) >= 4
    shifts = np.abs(expected.segments[:, None] - found.segments[None]).max(axis=2)
    same = shifts.argmin(axis=1)
    assert sorted(same) == list(range(len(found)))
    assert shifts.min(axis=1).max() < 0.1
    np.testing.assert_array_equal(found.labels[same], expected.labels)
    np.testing.assert_allclose(found.scores[same], expected.scores, atol=0.005)
