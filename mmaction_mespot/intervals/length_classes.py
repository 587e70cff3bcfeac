"""The class of an interval by its length."""

from __future__ import annotations

import numpy as np

from mmaction_mespot.intervals.detections import MAE, ME

MAX_ME_LENGTH_S = 0.5
"""A micro-expression lasts no more than half a second (paper, section I)."""


def label_by_length(segments: np.ndarray, fps: float) -> np.ndarray:
    """Call an interval ME if it lasts at most 0.5 s, MaE otherwise.

    For spotters that find expressions without telling the two classes apart.

    Args:
        segments: Half-open intervals in frames, shape (N, 2).
        fps: Frames per second.

    Returns:
        Labels, int64, shape (N,).
    """
    lengths_s = (segments[:, 1] - segments[:, 0]) / fps
    return np.where(lengths_s <= MAX_ME_LENGTH_S, ME, MAE).astype(np.int64)
