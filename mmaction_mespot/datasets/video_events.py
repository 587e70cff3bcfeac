"""The ground truth of one long video as arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from mmaction_mespot.intervals.frame_grid import FrameGrid, grid_of


@dataclass(frozen=True)
class VideoEvents:
    """Length, rate and ground truth of a long video, as its prepared streams have them.

    Attributes:
        total_frames: Entries of its streams: frames, or positions of the working grid where they differ.
        fps: Entries per second.
        segments: Intervals ``[start, end)`` in entries, shape (M, 2); int64, on a grid float64.
        labels: Their classes, int64, shape (M,).
        grid: Where the entries lie in the video's own frames; None where they are the frames.
    """

    total_frames: int
    fps: float
    segments: np.ndarray
    labels: np.ndarray
    grid: FrameGrid | None = None

    @property
    def video_fps(self) -> float:
        """Frames per second of the video itself."""
        return self.fps if self.grid is None else self.grid.video_fps

    @classmethod
    def from_annotation(cls, video: Mapping[str, Any]) -> VideoEvents:
        """Read an entry of an annotation file's ``data_list``."""
        instances, grid = video['instances'], grid_of(video)
        segments = np.array([item['segment'] for item in instances], np.int64).reshape(-1, 2)
        labels = np.array([item['label'] for item in instances], np.int64)
        if grid is None:
            return cls(video['total_frames'], float(video['fps']), segments, labels)
        return cls(grid.positions, grid.fps, grid.intervals_to_positions(segments), labels, grid)
