"""The ground truth of one long video as arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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

    @classmethod
    def from_annotation(cls, video: Mapping[str, Any]) -> VideoEvents:
        """Read an entry of an annotation file's ``data_list``."""
        instances = video['instances']
        return cls(
            video['total_frames'],
            float(video['fps']),
            np.array([item['segment'] for item in instances], np.int64).reshape(-1, 2),
            np.array([item['label'] for item in instances], np.int64),
        )
