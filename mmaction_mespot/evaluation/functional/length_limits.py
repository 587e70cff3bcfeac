"""Lengths of detections that a protocol counts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class LengthLimits:
    """Shortest and longest counted detection of each class, in whole frames at a stated frame rate.

    Attributes:
        fps: Frame rate that the numbers are meant for.
        min_frames: Fewest frames (first and last one included) of MaE and of ME.
        max_frames: Most frames of MaE and of ME; ``inf`` for no limit.
    """

    fps: float
    min_frames: tuple[float, float]
    max_frames: tuple[float, float]
