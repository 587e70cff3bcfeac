"""Courses in time: of an expression, a blink, a shift of the head, and smooth noise."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter1d


def rise(phase: np.ndarray, skew: float = 1.0) -> np.ndarray:
    """Smooth rise from 0 (phase <= 0) to 1 (phase >= 1); `skew` above 1 starts slower."""
    return (0.5 - 0.5 * np.cos(np.pi * np.clip(phase, 0.0, 1.0))) ** skew


def expression_profile(
    frames: np.ndarray, start: int, apex: int, hold_end: int, end: int, shape: tuple[float, ...]
) -> np.ndarray:
    """Onset, apex, hold and offset of an expression.

    Args:
        frames: Frame numbers, any shape.
        start: First frame that differs from rest.
        apex: Frame of the peak.
        hold_end: Frame at which the return begins.
        end: First frame at rest again.
        shape: Three numbers in [0, 1): skew of the onset, skew of the offset, decay over the hold.

    Returns:
        Values in [0, 1], the same shape as `frames`; 0 outside `[start, end)`, 1 at `apex`.
    """
    frames = np.asarray(frames, dtype=np.float64)
    onset_skew, offset_skew = 0.75 + 0.5 * shape[0], 0.75 + 0.5 * shape[1]
    kept = 1.0 - 0.25 * shape[2] if hold_end > apex else 1.0
    onset = rise((frames - (start - 1)) / (apex - start + 1), onset_skew)
    hold = 1.0 - (1.0 - kept) * np.clip((frames - apex) / max(hold_end - apex, 1), 0.0, 1.0)
    offset = rise((end - frames) / (end - hold_end), offset_skew)
    return onset * hold * offset


def smooth_noise(rng: np.random.Generator, count: int, fps: float, cutoff_hz: float) -> np.ndarray:
    """Gaussian noise of unit variance without frequencies far above `cutoff_hz`, shape (count,)."""
    sigma = fps / (2.0 * np.pi * cutoff_hz)
    margin = int(4 * sigma) + 1
    noise = gaussian_filter1d(rng.standard_normal(count + 2 * margin), sigma, mode='wrap')
    # Standard deviation of white noise after a Gaussian of this width; the exact sum for narrow ones.
    taps = np.exp(-0.5 * (np.arange(-margin, margin + 1) / sigma) ** 2)
    return noise[margin : margin + count] / np.sqrt(((taps / taps.sum()) ** 2).sum())
