"""What is known of a candidate movement: pure functions.

All features are in absolute units (inter-ocular distances, seconds, shares of the movement's own height), so
that they mean the same in 5 s and in 5 h.
"""

from __future__ import annotations

import numpy as np
from scipy.ndimage import percentile_filter

from mmaction_mespot.spotters.displacement import interpolate
from mmaction_mespot.spotters.movement_candidates import FLOW, SHAPE, TOP_REGIONS, MovementTraces

_UNITS = {FLOW: 0.001, SHAPE: 0.003}
_BROWS, _MOUTH = {FLOW: slice(0, 6), SHAPE: slice(0, 4)}, {FLOW: slice(10, 14), SHAPE: slice(4, 9)}
_PROFILE = np.linspace(-0.4, 1.4, 13)
_COURSE = np.linspace(0, 1, 33)
_CONTEXT_S = 4.0
_LEVEL_REACHES_S = (5.0, 1.5)
_LEVEL_INSTANTS = np.linspace(0.02, 1, 25)
_PER_TRACE = (
    ('sizes', 6),
    ('profile', len(_PROFILE)),
    ('surroundings', 3),
    ('manner', 7),
    ('noise', 2),
    ('levels', 4 * len(_LEVEL_REACHES_S)),
)


def _groups() -> dict[str, tuple[int, ...]]:
    places: dict[str, tuple[int, ...]] = {}
    first = 0
    for name, count in (*_PER_TRACE, *_PER_TRACE, ('head', 4), ('eyes', 2), ('kind', 6)):
        places[name] = (*places.get(name, ()), *range(first, first + count))
        first += count
    return places


GROUPS = _groups()
"""Columns of :func:`describe` by what they tell; those of the flow come before those of the shape."""


class _Integral:
    """Means of a trace over any stretches; constant beyond its ends.

    Attributes:
        last: Last instant of the trace.
    """

    def __init__(self, trace: np.ndarray) -> None:
        self.last = len(trace) - 1
        self._trace = trace
        steps = (trace[1:] + trace[:-1]) / 2
        self._sum = np.concatenate([np.zeros_like(trace[:1]), np.cumsum(steps, axis=0)])

    def at(self, instants: np.ndarray) -> np.ndarray:
        """Values at instants of any shape."""
        return interpolate(self._trace, np.clip(instants, 0, self.last))

    def mean(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """Means over [low, high], each (m,)."""
        length = (high - low).reshape(-1, *([1] * (self._trace.ndim - 1)))
        return (self._integral(high) - self._integral(low)) / length

    def _integral(self, instants: np.ndarray) -> np.ndarray:
        inside = np.clip(instants, 0, self.last)
        beyond = (instants - inside).reshape(-1, *([1] * (self._trace.ndim - 1)))
        edge = np.where(beyond < 0, self._trace[0], self._trace[-1])
        return interpolate(self._sum, inside) + beyond * edge


def describe(traces: MovementTraces, segments: np.ndarray, sources: np.ndarray) -> np.ndarray:
    """Features of candidates, in the order of :data:`GROUPS`.

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
    for source, trace in ((FLOW, traces.flow), (SHAPE, traces.shape)):
        unit = _UNITS[source]
        integral = _Integral(trace)
        rise, direction, before, after = _rises(integral, start, end, length)
        ordered = np.sort(rise, axis=1)
        top = ordered[:, -TOP_REGIONS:].mean(axis=1)
        columns += [
            _log(top, unit),
            _log(ordered[:, -6:].mean(axis=1), unit),
            _log(rise[:, _BROWS[source]].max(axis=1), unit),
            _log(rise[:, _MOUTH[source]].max(axis=1), unit),
            _log(np.sort(before, axis=1)[:, -2:].mean(axis=1), unit),
            _log(np.sort(after, axis=1)[:, -2:].mean(axis=1), unit),
        ]
        weights = direction * (rise >= ordered[:, -TOP_REGIONS, None])[..., None]
        columns += _profile(integral, start, length, weights)
        columns += _surroundings(trace, start, end, length, fps, unit)
        places = integral.at(start[:, None] + _COURSE * length[:, None])
        course = np.einsum('mkrc,mrc->mk', places, weights)
        rest = course[:, [0, -1]].mean(axis=1, keepdims=True)
        height = np.maximum(np.abs(course - rest).max(axis=1, keepdims=True), unit)
        columns += _manner(integral, places, course, height[:, 0], start, length, fps, weights, top, unit)
        columns += _noise(trace, start, end, fps, top, unit)
        columns += _levels(integral, rest, height, start, end, fps, weights)
    for trace, unit in ((traces.head, 0.003), (traces.turn, 0.01)):
        integral = _Integral(trace)
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
        _around(start, end, _LEVEL_REACHES_S[-1] * fps, len(traces))[1].mean(axis=1),
    ]
    return np.stack(columns, axis=1)


def _profile(
    integral: _Integral, start: np.ndarray, length: np.ndarray, weights: np.ndarray
) -> list[np.ndarray]:
    """The movement's course in and around the interval, relative to its own height."""
    instants = start[:, None] + _PROFILE * length[:, None]
    course = np.einsum('mkrc,mrc->mk', integral.at(instants), weights)
    rest = course[:, [0, -1]].mean(axis=1, keepdims=True)
    height = np.maximum(np.abs(course - rest).max(axis=1, keepdims=True), 1e-6)
    return list(((course - rest) / height).T)


def _manner(
    integral: _Integral,
    places: np.ndarray,
    course: np.ndarray,
    height: np.ndarray,
    start: np.ndarray,
    length: np.ndarray,
    fps: float,
    weights: np.ndarray,
    top: np.ndarray,
    unit: float,
) -> list[np.ndarray]:
    """How a movement goes: straight and held as expressions, or to and fro as speech.

    In this order: length of the way along the main direction, and in the plane, over that of one rise and
    fall (logarithms); turns; distance between the ends; share of the time above 70 % of the height; how far
    the half second before and after leaves the ends. All but the turns are shares of the height.
    """
    ends = course[:, [0, -1]]
    steps = np.diff(course, axis=1)
    way = np.abs(steps).sum(axis=1)
    strongest = (weights**2).sum(axis=-1)
    planar = (np.linalg.norm(np.diff(places, axis=1), axis=-1).sum(axis=1) * strongest).sum(axis=1)
    planar = planar / TOP_REGIONS
    heading = np.sign(steps) * (np.abs(steps) > 0.06 * height[:, None])
    turns = np.abs(np.diff(heading, axis=1)).sum(axis=1) / 2
    line = ends[:, :1] + (ends[:, 1:] - ends[:, :1]) * _COURSE
    around = start[:, None] + np.array([-0.5, -0.25, 0.25, 0.5]) * fps
    around[:, 2:] += length[:, None]
    beside = np.einsum('mkrc,mrc->mk', integral.at(around), weights)
    return [
        np.log(np.maximum(way / (2 * height), 0.3)),
        np.log(np.maximum(planar / (2 * np.maximum(top, unit)), 0.3)),
        np.minimum(turns, 12) / 4,
        np.minimum(np.abs(ends[:, 1] - ends[:, 0]) / height, 2),
        (np.abs(course - line) > 0.7 * height[:, None]).mean(axis=1),
        np.minimum(np.abs(beside[:, :2] - ends[:, :1]).max(axis=1) / height, 3),
        np.minimum(np.abs(beside[:, 2:] - ends[:, 1:]).max(axis=1) / height, 3),
    ]


def _noise(
    trace: np.ndarray, start: np.ndarray, end: np.ndarray, fps: float, top: np.ndarray, unit: float
) -> list[np.ndarray]:
    """The movement against the noise of the trace, and this noise: quiet moments of the second around it."""
    rough = np.linalg.norm(np.diff(trace, n=2, axis=0), axis=-1)
    if len(rough) == 0:
        return [np.zeros(len(start))] * 2
    middle_region = np.sort(rough, axis=1)[:, rough.shape[1] // 2]
    quiet = percentile_filter(middle_region, 30, size=2 * round(fps / 2) + 1, mode='nearest')
    noise = interpolate(quiet, np.clip((start + end) / 2 - 1, 0, len(quiet) - 1))
    noise = np.maximum(noise, unit / 50)
    return [np.log(np.maximum(top, unit / 3) / noise), np.log(noise / unit)]


def _around(start: np.ndarray, end: np.ndarray, reach: float, last: int) -> tuple[np.ndarray, np.ndarray]:
    """Instants up to `reach` frames before and after each interval, and whether the video has them."""
    steps = reach * _LEVEL_INSTANTS
    instants = np.concatenate([start[:, None] - steps, end[:, None] + steps], axis=1)
    return instants, (instants >= 0) & (instants <= last)


def _levels(
    integral: _Integral,
    rest: np.ndarray,
    height: np.ndarray,
    start: np.ndarray,
    end: np.ndarray,
    fps: float,
    weights: np.ndarray,
) -> list[np.ndarray]:
    """Where the face is otherwise: an expression leaves the rest, the pause between two expressions does not.

    For each reach, shares of the surroundings that lie at the level of the ends, at the level of the height
    and beyond the ends on the other side, and their mean level; the ends are 0, the height is 1.
    """
    columns: list[np.ndarray] = []
    for reach in _LEVEL_REACHES_S:
        instants, known = _around(start, end, reach * fps, integral.last)
        count = np.maximum(known.sum(axis=1), 1)
        level = (np.einsum('mkrc,mrc->mk', integral.at(instants), weights) - rest) / height
        for values in (level < 0.3, level > 0.7, level < -0.4, np.clip(level, -2, 2)):
            columns.append((values * known).sum(axis=1) / count)
    return columns


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
