"""Frames with time stamps out of whatever a user has: a video file, a folder of images, an array."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator

from .frame import NoteList, TimedFrame, VideoError

MIN_FPS, MAX_FPS = 5.0, 1000.0
MIN_SIDE, MAX_PIXELS = 20, 8192 * 4608
"""Frames that are watched: no face is seen in smaller ones, and larger ones (8K) fill the memory."""
_ENOUGH_FPS = 24.5


def check_size(name: str, width: int, height: int) -> None:
    """Check the size of frames before many of them are read.

    Raises:
        VideoError: It lies outside of the bounds.
    """
    if min(width, height) < MIN_SIDE or width * height > MAX_PIXELS:
        raise VideoError(
            f'{name}: frames of {width} x {height} px, expected sides of {MIN_SIDE} px or more and up to '
            f'{MAX_PIXELS / 1e6:.1f} million pixels'
        )


class VideoSource(ABC):
    """A video that can be gone through, more than once; each time its frames are decoded anew.

    Attributes:
        name: What messages call it.
        fps: Nominal frame rate: frames over duration.
        size: Width and height of the upright frames in px.
        total_frames: Number of frames, a hint; None if it is not known.
        notes: What a user should know; going through the frames adds to it.
        losses: Those of the notes that say which frames are missing or passed over.

    Raises:
        VideoError: The frame rate lies outside of 5 to 1000, or the frames are too small or too large.
    """

    def __init__(self, name: str, fps: float, size: tuple[int, int], total_frames: int | None) -> None:
        if not MIN_FPS <= fps <= MAX_FPS:
            raise VideoError(f'{name}: {fps:g} frames per second, expected {MIN_FPS:g} to {MAX_FPS:g}')
        check_size(name, *size)
        self.name = name
        self.fps = fps
        self.size = size
        self.total_frames = total_frames
        self.notes: list[str] = []
        self.losses: list[str] = []
        if fps < _ENOUGH_FPS:
            self.notes.append(
                f'{fps:.1f} frames per second: below 25, micro-expressions cannot be resolved reliably'
            )

    @abstractmethod
    def __iter__(self) -> Iterator[TimedFrame]:
        """Go through the frames; times rise strictly."""

    def _lose(self, notes: NoteList, kind: str, text: str) -> None:
        """Note that frames are missing or passed over."""
        notes.add(kind, text)
        if text not in self.losses:
            self.losses.append(text)
