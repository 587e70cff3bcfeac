"""Where the windows of a data set lie in their videos."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.grid import (
    aligned_starts,
    check_alignment,
    count_positions,
    last_aligned_start,
    position_frames,
    sampled_frames,
    window_starts,
)


@dataclass(frozen=True)
class WindowLayout:
    """Size and places of windows.

    Attributes:
        clip_len: Positions of a window.
        stride: Positions between the starts of sliding windows.
        context: Positions on each side that are read in addition.
        align: Windows start at multiples of so many positions of the video's grid; None, at any frame.

    Raises:
        MESpotError: If the context is negative, or windows cannot be aligned.
    """

    clip_len: int
    stride: int
    context: int = 0
    align: int | None = None

    def __post_init__(self) -> None:
        if self.context < 0:
            raise MESpotError(f'context must be at least 0, found {self.context}')
        if self.align is not None:
            check_alignment(self.clip_len, self.stride, self.align)

    def starts(self, total_frames: int, interval: float) -> list[float]:
        """First frames of the sliding windows of a video with ``interval`` frames between positions."""
        if self.align is None:
            return [*window_starts(total_frames, self.clip_len * interval, self.stride * interval)]
        positions = count_positions(total_frames, interval)
        return [interval * p for p in aligned_starts(positions, self.clip_len, self.stride, self.align)]

    def snap(self, start: float, total_frames: int, interval: float) -> float:
        """Move a first frame to the nearest one where a window may start."""
        if self.align is None:
            return start
        nearest = round(start / interval / self.align) * self.align
        last = last_aligned_start(count_positions(total_frames, interval), self.clip_len, self.align)
        return interval * min(nearest, last)

    def frames(self, start: float, total_frames: int, interval: float) -> np.ndarray:
        """Frames that a window reads, int64, shape (clip_len + 2 * context,)."""
        count = self.clip_len + 2 * self.context
        if self.align is None:
            return sampled_frames(start - interval * self.context, count, interval, total_frames)
        first = self.position(start, interval) - self.context
        return position_frames(first, count, interval, total_frames)

    def position(self, start: float, interval: float) -> int:
        """First position of an aligned window."""
        return round(start / interval)
