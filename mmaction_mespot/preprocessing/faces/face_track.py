"""The face of a video over time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class FaceTrack:
    """Landmarks of one face through a video; only some frames are measured, those between are interpolated.

    Attributes:
        total_frames: Frames of the video, n.
        frames: (k,) int64, rising: the measured frames.
        points: (k, 468, 3) float32: landmarks of these frames, in px of the frame.
        notes: What a user should know (several faces, face lost, ...).
    """

    total_frames: int
    frames: np.ndarray
    points: np.ndarray
    notes: tuple[str, ...] = ()

    def at(self, frame: int) -> np.ndarray:
        """Landmarks (468, 3) float32 of a frame; constant beyond the measured frames."""
        right = int(np.searchsorted(self.frames, frame))
        if right == 0:
            return self.points[0]
        if right == len(self.frames):
            return self.points[-1]
        low, high = self.frames[right - 1], self.frames[right]
        weight = np.float32((frame - low) / (high - low))
        return (1 - weight) * self.points[right - 1] + weight * self.points[right]

    @property
    def landmarks(self) -> np.ndarray:
        """(n, 468, 3) float32: landmarks of every frame."""
        return np.stack([self.at(frame) for frame in range(self.total_frames)])
