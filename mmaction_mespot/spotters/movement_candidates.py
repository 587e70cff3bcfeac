"""Candidate intervals of facial movements: pure functions.

Two traces are looked at: the displacement of landmark regions by optical flow (fine, drifts), and the places
of regions in the face's own shape (rough, does not drift). Both are in inter-ocular distances: nothing here
is relative to what else happens in a video.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mmaction_mespot.preprocessing.faces.alignment import EYE_CENTERS
from mmaction_mespot.preprocessing.faces.shape import eye_opening, head_turn, region_places, without_pose
from mmaction_mespot.spotters.displacement import bump_contrast, displacement
from mmaction_mespot.spotters.flow_bumps import bump_interval, find_bumps

FLOW, SHAPE = 0, 1
"""Traces that a candidate comes from."""
MIN_LENGTH_S, MAX_LENGTH_S = 0.15, 8.0
_LADDERS_S = {FLOW: (0.2, 4.0), SHAPE: (0.4, 8.0)}
_STEP = 1.2
_LEAST = {FLOW: 0.0006, SHAPE: 0.004}
"""Least rise of a candidate, inter-ocular distances: the noise of a good camera."""
TOP_REGIONS = 2
"""How many of the regions that move most stand for a movement."""
_SLOPE = 0.15
_SAME_IOU = 0.85
_CLOSED = 0.75


@dataclass(frozen=True)
class MovementTraces:
    """What is measured of one face over n frames. Traces have n + 1 entries: entry i lies before frame i.

    Attributes:
        flow: Displacement of the 14 regions by optical flow, (n + 1, 14, 2), inter-ocular distances.
        shape: Places of the 13 shape regions without the pose, (n + 1, 13, 2), inter-ocular distances.
        head: Displacement of the head by optical flow, (n + 1, 1, 2), inter-ocular distances.
        turn: Yaw and pitch, (n + 1, 1, 2), slopes of the depth.
        closed: Whether the eyes are closed, (n,) bool.
        fps: Frames per second.
    """

    flow: np.ndarray
    shape: np.ndarray
    head: np.ndarray
    turn: np.ndarray
    closed: np.ndarray
    fps: float

    def __len__(self) -> int:
        return len(self.closed)


def movement_traces(
    flow: np.ndarray, head: np.ndarray, shapes: np.ndarray, fps: float, gap: int, crop_size: int
) -> MovementTraces:
    """Traces from the streams of a video.

    Args:
        flow: ``flow_roi``, (n, 14, 2), px of the crop per `gap` frames, the head motion removed.
        head: ``head_motion``, (n, 2), px of the crop per `gap` frames.
        shapes: Shape points, (n, points, 3), px of the crop.
        fps: Frames per second.
        gap: Frames between the two pictures of a flow field.
        crop_size: Side of the crop in px.

    Raises:
        ValueError: If the lengths differ.
    """
    if not len(flow) == len(head) == len(shapes):
        raise ValueError(f'streams of {len(flow)}, {len(head)} and {len(shapes)} frames, expected one length')
    eye_distance = crop_size * float(EYE_CENTERS[1, 0] - EYE_CENTERS[0, 0])
    still = without_pose(shapes, eye_distance)
    opening = eye_opening(still)
    return MovementTraces(
        flow=displacement(np.nan_to_num(flow), gap) / eye_distance,
        shape=_between(region_places(still) / eye_distance),
        head=displacement(np.nan_to_num(head)[:, None], gap) / eye_distance,
        turn=_between(head_turn(np.asarray(shapes, dtype=np.float64))[:, None]),
        closed=opening < _CLOSED * np.median(opening),
        fps=fps,
    )


def _between(values: np.ndarray) -> np.ndarray:
    """Values of n frames at the n + 1 instants between them."""
    padded = np.concatenate([values[:1], values, values[-1:]])
    return (padded[1:] + padded[:-1]) / 2


def propose(traces: MovementTraces) -> tuple[np.ndarray, np.ndarray]:
    """Candidate intervals: bumps of either trace at any length, near copies left out.

    Returns:
        ``(segments, sources)``: half-open intervals in frames, float64 (m, 2); FLOW or SHAPE, int64 (m,).
    """
    segments, sources, heights = [], [], []
    for source, trace in ((FLOW, traces.flow), (SHAPE, traces.shape)):
        low, high = _LADDERS_S[source]
        lengths = low * _STEP ** np.arange(1 + int(np.log(high / low) / np.log(_STEP)))
        for length in lengths * traces.fps:
            if length > 1.5 * len(trace):
                break
            contrast, rise = bump_contrast(trace, length)
            least = np.full(trace.shape[1], _LEAST[source])
            for bump in find_bumps(contrast, rise, least, length, TOP_REGIONS, length / 3, at_ends=True):
                start, end = bump_interval(trace, bump, _SLOPE)
                start, end = max(start, 0.0), min(end, float(len(traces)))
                if MIN_LENGTH_S <= (end - start) / traces.fps <= MAX_LENGTH_S:
                    segments.append((start, end))
                    sources.append(source)
                    heights.append(bump.contrast)
    return _without_copies(
        np.array(segments, dtype=np.float64).reshape(-1, 2),
        np.array(sources, dtype=np.int64),
        np.array(heights),
    )


def _without_copies(
    segments: np.ndarray, sources: np.ndarray, heights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    kept: list[int] = []
    for i in np.argsort(-heights, kind='stable'):
        own = np.array(kept, dtype=np.int64)
        own = own[sources[own] == sources[i]]
        inter = np.minimum(segments[own, 1], segments[i, 1]) - np.maximum(segments[own, 0], segments[i, 0])
        union = np.ptp(segments[own], axis=1) + np.ptp(segments[i]) - inter
        if not (inter > _SAME_IOU * union).any():
            kept.append(int(i))
    order = np.sort(np.array(kept, dtype=np.int64))
    return segments[order], sources[order]
