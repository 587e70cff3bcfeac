"""The ground truth of one long video as arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class VideoEvents:
    """Length, rate and ground truth of a long video.

    Attributes:
        total_frames: Its frames.
        fps: Frames a second.
        segments: Intervals ``[start, end)`` in frames, int64, shape (M, 2).
        labels: Their classes, int64, shape (M,).
    """

    total_frames: int
    fps: float
    segments: np.ndarray
    labels: np.ndarray
