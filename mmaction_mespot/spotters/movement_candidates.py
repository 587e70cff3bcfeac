"""Candidate intervals of facial movements and what is known about each: pure functions.

Two traces are looked at: the displacement of landmark regions by optical flow (fine, drifts), and the places
of regions in the face's own shape (rough, does not drift). Both are in inter-ocular distances: nothing here
is relative to what else happens in a video.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.signal import find_peaks

from mmaction_mespot.preprocessing.faces.alignment import EYE_CENTERS
from mmaction_mespot.preprocessing.faces.shape import eye_opening, head_turn, region_places, without_pose
from mmaction_mespot.spotters.displacement import bump_contrast, displacement, interpolate
from mmaction_mespot.spotters.optical_flow import Bump, bump_interval

FLOW, SHAPE = 0, 1
"""Traces that a candidate comes from."""
MIN_LENGTH_S, MAX_LENGTH_S = 0.15, 8.0
_LADDERS_S = {FLOW: (0.2, 4.0), SHAPE: (0.4, 8.0)}
_STEP = 1.2
_LEAST = {FLOW: 0.0006, SHAPE: 0.004}
"""Least rise of a candidate, inter-ocular distances: the noise of a good camera."""
_TOP_REGIONS = 2
_SLOPE = 0.15
_SAME_IOU = 0.85
_BROWS, _MOUTH = {FLOW: slice(0, 6), SHAPE: slice(0, 4)}, {FLOW: slice(10, 14), SHAPE: slice(4, 9)}
_PROFILE = np.linspace(-0.4, 1.4, 13)
_CONTEXT_S = 4.0
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
            for bump in _bumps(trace, length, _LEAST[source]):
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


def _bumps(trace: np.ndarray, length: float, least: float) -> list[Bump]:
    contrast, rise = bump_contrast(trace, length)
    strength = np.linalg.norm(contrast, axis=2)
    relative = rise / least
    top = np.sort(relative, axis=1)[:, -_TOP_REGIONS:]
    curve = top.mean(axis=1)
    peaks, _ = find_peaks(
        np.concatenate([[0.0], curve, [0.0]]), height=1.0, distance=max(1, round(length / 3))
    )
    bumps = []
    for peak in peaks - 1:
        direction = contrast[peak] / np.maximum(strength[peak], 1e-12)[:, None]
        weights = direction * (relative[peak] >= top[peak, 0])[:, None]
        bumps.append(Bump(float(peak), length, float(curve[peak]), weights))
    return bumps


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


class _Integral:
    """Means of a trace over any stretches; constant beyond its ends."""

    def __init__(self, trace: np.ndarray) -> None:
        self._last = len(trace) - 1
        self._trace = trace
        steps = (trace[1:] + trace[:-1]) / 2
        self._sum = np.concatenate([np.zeros_like(trace[:1]), np.cumsum(steps, axis=0)])

    def at(self, instants: np.ndarray) -> np.ndarray:
        """Values at instants of any shape."""
        return interpolate(self._trace, np.clip(instants, 0, self._last))

    def mean(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """Means over [low, high], each (m,)."""
        length = (high - low).reshape(-1, *([1] * (self._trace.ndim - 1)))
        return (self._integral(high) - self._integral(low)) / length

    def _integral(self, instants: np.ndarray) -> np.ndarray:
        inside = np.clip(instants, 0, self._last)
        beyond = (instants - inside).reshape(-1, *([1] * (self._trace.ndim - 1)))
        edge = np.where(beyond < 0, self._trace[0], self._trace[-1])
        return interpolate(self._sum, inside) + beyond * edge


def describe(traces: MovementTraces, segments: np.ndarray, sources: np.ndarray) -> np.ndarray:
    """Features of candidates, all of them in absolute units (logarithms of inter-ocular distances, seconds).

    Args:
        traces: The traces.
        segments: Intervals in frames, (m, 2).
        sources: FLOW or SHAPE, (m,).

    Returns:
        float64 (m, features).
    """
    start, end = segments[:, 0], segments[:, 1]
    length = np.maximum(end - start, 2.0)
    fps = traces.fps
    columns: list[np.ndarray] = []
    for source, trace, unit in ((FLOW, traces.flow, 0.001), (SHAPE, traces.shape, 0.003)):
        integral = _Integral(trace)
        rise, direction, before, after = _rises(integral, start, end, length)
        ordered = np.sort(rise, axis=1)
        top = ordered[:, -2:].mean(axis=1)
        columns += [
            _log(top, unit),
            _log(ordered[:, -6:].mean(axis=1), unit),
            _log(rise[:, _BROWS[source]].max(axis=1), unit),
            _log(rise[:, _MOUTH[source]].max(axis=1), unit),
            _log(np.sort(before, axis=1)[:, -2:].mean(axis=1), unit),
            _log(np.sort(after, axis=1)[:, -2:].mean(axis=1), unit),
        ]
        strongest = rise >= ordered[:, -_TOP_REGIONS, None]
        weights = direction * strongest[..., None]
        instants = start[:, None] + _PROFILE * length[:, None]
        course = np.einsum('mkrc,mrc->mk', integral.at(instants), weights)
        rest = (course[:, [0, -1]]).mean(axis=1, keepdims=True)
        height = np.maximum(np.abs(course - rest).max(axis=1, keepdims=True), 1e-6)
        columns += list(((course - rest) / height).T)
        columns += _surroundings(trace, start, end, length, fps, unit)
    head = _Integral(traces.head)
    turn = _Integral(traces.turn)
    for integral, unit in ((head, 0.003), (turn, 0.01)):
        middle = integral.mean(start + length / 4, end - length / 4)
        left, right = integral.mean(start - length / 4, start), integral.mean(end, end + length / 4)
        columns.append(_log(np.linalg.norm(middle - (left + right) / 2, axis=-1)[:, 0], unit))
        columns.append(_log(np.linalg.norm(right - left, axis=-1)[:, 0], unit))
    closed = np.concatenate([[0.0], np.cumsum(traces.closed)])
    margin = 0.1 * fps
    last = len(closed) - 1
    shut = interpolate(closed, np.clip(end + margin, 0, last)) - interpolate(
        closed, np.clip(start - margin, 0, last)
    )
    seconds = length / fps
    columns += [
        shut / (length + 2 * margin),
        np.minimum(shut / fps, 1.0),
        np.log(seconds),
        np.log(seconds) ** 2,
        (sources == SHAPE).astype(np.float64),
        (start < 2).astype(np.float64),
        (end > len(traces) - 2).astype(np.float64),
    ]
    return np.stack(columns, axis=1)


def _rises(
    integral: _Integral, start: np.ndarray, end: np.ndarray, length: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Rise of each region and its direction; the difference to either side along it."""
    flank = np.maximum(length / 4, 2.0)
    middle = integral.mean(start + length / 4, end - length / 4)
    left = middle - integral.mean(start - flank, start)
    right = middle - integral.mean(end, end + flank)
    contrast = (left + right) / 2
    direction = contrast / np.maximum(np.linalg.norm(contrast, axis=-1, keepdims=True), 1e-12)
    before, after = (left * direction).sum(-1), (right * direction).sum(-1)
    return np.maximum(np.minimum(before, after), 0.0), direction, np.maximum(before, 0), np.maximum(after, 0)


def _surroundings(
    trace: np.ndarray, start: np.ndarray, end: np.ndarray, length: np.ndarray, fps: float, unit: float
) -> list[np.ndarray]:
    """How restless the face is around each interval: mean speed before, within and after it."""
    speed = np.linalg.norm(np.diff(trace, axis=0), axis=-1) * fps
    strongest = np.sort(speed, axis=1)[:, -4:].mean(axis=1)
    integral = _Integral(strongest[:, None])
    reach = _CONTEXT_S * fps
    before = integral.mean(np.maximum(start - reach, -1.0), np.maximum(start, 1.0))[:, 0]
    after = integral.mean(np.minimum(end, len(speed) - 2.0), np.minimum(end + reach, float(len(speed))))[:, 0]
    within = integral.mean(start, end)[:, 0]
    return [_log(np.maximum(values, 0), unit) for values in (before, within, after)]


def _log(values: np.ndarray, unit: float) -> np.ndarray:
    """Logarithm in which everything below a unit is 0."""
    return np.log(np.maximum(values, unit) / unit)
