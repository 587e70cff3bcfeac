"""Intervals around the peaks of a curve: how spotters with one score per frame decide."""

from __future__ import annotations

import numpy as np
from scipy.signal import find_peaks

from mmaction_mespot.errors import MESpotError


def moving_mean(curve: np.ndarray, width: int) -> np.ndarray:
    """Mean over ``width`` neighbouring entries, the ends repeated.

    Args:
        curve: One number per frame, (n,).
        width: Entries of the mean; of an even number, one more lies before the frame than after it.

    Returns:
        float64, (n,).

    Raises:
        ValueError: If the width is below 1.
    """
    if width < 1:
        raise MESpotError(f'a moving mean needs a width of at least 1, found {width}')
    curve = np.asarray(curve, dtype=np.float64).reshape(-1)
    if not len(curve):
        return curve
    before = width // 2
    padded = np.pad(curve, (before, width - 1 - before), mode='edge')
    return np.convolve(padded, np.full(width, 1 / width), mode='valid')


def peak_intervals(
    curve: np.ndarray, half_length: float, distance: int | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Every peak above the mean of a curve, as an interval of a fixed length around it.

    The published rule keeps the peaks of at least ``mean + p (max - mean)``. Here the score of a peak is the
    p up to which it is kept, ``(peak - mean) / (max - mean)``: a score threshold chosen on validation people
    is the p of the rule.

    Args:
        curve: One number per frame, (n,), finite.
        half_length: k, half the mean length of the class, in frames.
        distance: Least distance of two peaks in frames; of closer ones the highest stays. Defaults to None,
            k rounded, at least 1.

    Returns:
        Intervals ``[peak + 0.5 - k, peak + 0.5 + k)`` cut to the curve, float64 (m, 2), and the scores in
        (0, 1], (m,), in order of time.

    Raises:
        ValueError: If k is not above 0 or the curve is not finite.
    """
    curve = np.asarray(curve, dtype=np.float64).reshape(-1)
    if not half_length > 0 or not np.isfinite(curve).all():
        raise MESpotError(
            f'a half length above 0 and a finite curve are needed, found {half_length} and '
            f'{int((~np.isfinite(curve)).sum())} entries that are not finite'
        )
    if not len(curve) or not curve.max() - curve.mean() > 1e-12 * max(1.0, float(np.abs(curve).max())):
        return np.zeros((0, 2)), np.zeros(0)
    mean, highest = curve.mean(), curve.max()
    distance = max(1, round(half_length)) if distance is None else distance
    # A peak at an end counts too: an event may be cut off there.
    padded = np.concatenate([[-np.inf], curve, [-np.inf]])
    peaks = find_peaks(padded, height=np.nextafter(mean, np.inf), distance=distance)[0] - 1
    middles = peaks + 0.5
    segments = np.stack([middles - half_length, middles + half_length], axis=1)
    return np.clip(segments, 0, len(curve)), (curve[peaks] - mean) / (highest - mean)
