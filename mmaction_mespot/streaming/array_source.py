"""A video given as an array."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .timed_frame import TimedFrame
from .video_error import VideoError
from .video_source import VideoSource


class ArraySource(VideoSource):
    """Frames of an array.

    Args:
        frames: (T, H, W, 3) RGB uint8.
        fps: Frames a second.

    Raises:
        VideoError: The array has another form or no frame, or the frame rate is missing.
    """

    def __init__(self, frames: np.ndarray, fps: float | None) -> None:
        if frames.ndim != 4 or frames.shape[-1] != 3 or frames.dtype != np.uint8:
            raise VideoError(f'array: found {frames.dtype} {frames.shape}, expected uint8 (T, H, W, 3), RGB')
        if 0 in frames.shape:
            raise VideoError(f'array: found the empty shape {frames.shape}, expected one frame or more')
        if fps is None:
            raise VideoError('array: a frame rate (fps) is needed, found none')
        super().__init__('array', fps, (frames.shape[2], frames.shape[1]), len(frames))
        self._frames = frames

    def __iter__(self) -> Iterator[TimedFrame]:
        """Go through the frames."""
        for index, image in enumerate(self._frames):
            yield TimedFrame(index, index / self.fps, image)
