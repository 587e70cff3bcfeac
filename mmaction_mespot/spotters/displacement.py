"""Displacement of facial regions and its contrast over intervals of a given length: pure functions."""

from __future__ import annotations

import numpy as np

HOLD_SHARE = 0.5
"""Middle share of an interval over which the face is taken to be displaced."""

FLANK_SHARE = 0.25
"""Share of an interval's length, on either side of it, over which the face is taken to be at rest."""


def displacement(flow: np.ndarray, gap: int) -> np.ndarray:
    """Add the flow up to the displacement of each region.

    Flow over a gap of g frames, divided by g and added up, is the displacement averaged over g frames:
    what moves out and back again (an expression) becomes a bump, head motion and noise a slow drift.

    Args:
        flow: Mean flow of each region, px of the crop per `gap` frames, centred on its frame, (n,
            regions, 2).
        gap: Frames between the two pictures of a flow field.

    Returns:
        float64, (n + 1, regions, 2), px: entry i belongs to the border between frame i - 1 and frame i.

    Raises:
        ValueError: If the shape or the gap is none of a flow.
    """
    flow = np.asarray(flow, dtype=np.float64)
    if flow.ndim != 3 or flow.shape[2] != 2:
        raise ValueError(f'Region flow needs the shape (frames, regions, 2), found {flow.shape}')
    if gap < 1:
        raise ValueError(f'The gap of a flow is at least 1 frame, found {gap}')
    trace = np.zeros((len(flow) + 1, *flow.shape[1:]))
    np.cumsum(flow / gap, axis=0, out=trace[1:])
    return trace


def bump_contrast(trace: np.ndarray, length_frames: float) -> tuple[np.ndarray, np.ndarray]:
    """How far each region is displaced within an interval, against the rest on both sides of it.

    For each instant the interval of the given length is centred on it: the mean over its middle half is
    compared with the flank before and the flank after it. The main direction of a region is that of the
    mean of the two differences; its rise is the smaller of the two along that direction, so that a step,
    a drift and the rest beside an expression have none.

    Args:
        trace: Displacements, (n, regions, 2). Beyond the ends the face is taken to stand still.
        length_frames: Length of the interval.

    Returns:
        ``(contrast, rise)``: the mean of the two differences, float64 (n, regions, 2), px, and the
        smaller of the two along its direction, at least 0, float64 (n, regions), px.
    """
    half, hold, flank = length_frames / 2, HOLD_SHARE * length_frames / 2, FLANK_SHARE * length_frames
    middle = window_mean(trace, -hold, hold)
    since_left = middle - window_mean(trace, -half - flank, -half)
    since_right = middle - window_mean(trace, half, half + flank)
    contrast = (since_left + since_right) / 2
    direction = contrast / np.maximum(np.linalg.norm(contrast, axis=-1, keepdims=True), 1e-12)
    along = np.minimum((since_left * direction).sum(-1), (since_right * direction).sum(-1))
    return contrast, np.maximum(along, 0.0)


def window_mean(trace: np.ndarray, low: float, high: float) -> np.ndarray:
    """Mean over the instants t + low .. t + high for each t, by linear interpolation of the integral.

    Args:
        trace: Values at whole instants, (n, ...); constant beyond its ends.
        low: Start of the window, relative, in instants.
        high: End of the window; larger than `low`.

    Returns:
        float64, the shape of `trace`.

    Raises:
        ValueError: If the window is empty.
    """
    if high <= low:
        raise ValueError(f'A window needs a positive length, found {low} to {high}')
    pad = int(np.ceil(max(abs(low), abs(high)))) + 2
    padded = np.concatenate([np.repeat(trace[:1], pad, 0), trace, np.repeat(trace[-1:], pad, 0)])
    steps = (padded[1:] + padded[:-1]) / 2
    integral = np.concatenate([np.zeros_like(padded[:1]), np.cumsum(steps, axis=0)])
    at = np.arange(len(trace), dtype=np.float64) + pad
    return (interpolate(integral, at + high) - interpolate(integral, at + low)) / (high - low)


def interpolate(values: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Linear interpolation along axis 0.

    Args:
        values: (n, ...), n at least 1.
        at: Instants inside the range, any shape.

    Returns:
        The shape of `at`, then that of one value.
    """
    below = np.clip(np.floor(at).astype(np.int64), 0, max(len(values) - 2, 0))
    share = (at - below).reshape(*at.shape, *([1] * (values.ndim - 1)))
    above = np.minimum(below + 1, len(values) - 1)
    return values[below] * (1 - share) + values[above] * share
