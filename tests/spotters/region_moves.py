"""Flow of regions in which some go away and come back."""

from __future__ import annotations

import numpy as np

from mmaction_mespot.face_regions import REGIONS


def region_flow(
    moves: list[tuple[float, float, str, float]], fps: float, seconds: float = 20.0, noise: float = 0.0
) -> np.ndarray:
    """Flow between neighbouring frames, (n, 14, 2): (start_s, end_s, region, px) out and back."""
    instants = np.arange(round(seconds * fps) + 1) / fps
    places = np.random.default_rng(0).normal(0, noise, (len(instants), len(REGIONS), 2))
    for start, end, name, height in moves:
        share = np.clip(np.minimum(instants - start, end - instants) / (0.4 * (end - start)), 0, 1)
        places[:, list(REGIONS).index(name)] += height * share[:, None] * np.array([0.6, -0.8])
    return np.diff(places, axis=0)
