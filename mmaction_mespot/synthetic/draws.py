"""Random numbers of the event lists."""

from __future__ import annotations

import numpy as np


def lognormal(rng: np.random.Generator, median: float, sigma: float, low: float, high: float) -> float:
    """Log-normal number around a median, clipped; rounded, so that every machine gets the same."""
    return round(float(np.clip(median * np.exp(sigma * rng.standard_normal()), low, high)), 6)


def shape_numbers(rng: np.random.Generator, count: int) -> tuple[float, ...]:
    """Numbers in [0, 1) that decide about the details of an event."""
    return tuple(round(float(value), 6) for value in rng.random(count))
