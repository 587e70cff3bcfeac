"""A video given as a folder of images or as an array."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from .frame import FrameError, NoteList, TimedFrame, VideoError
from .image_frames import read_image
from .video_source import VideoSource

IMAGE_SUFFIXES = ('.jpg', '.jpeg', '.png', '.bmp', '.tif', '.tiff', '.webp')


class FolderSource(VideoSource):
    """Images of a folder in the order of their names, numbers by their value (``img_10`` after ``img_9``).

    An image that cannot be read, or of another size than the first, is passed over with a note; its time
    passes all the same. Hidden files and other files are no frames.

    Args:
        path: The folder.
        fps: Frames a second.

    Raises:
        VideoError: No image can be read, or the frame rate is missing.
    """

    def __init__(self, path: Path, fps: float | None) -> None:
        names = [entry.name for entry in path.iterdir() if not entry.name.startswith('.')]
        images = sorted((n for n in names if Path(n).suffix.lower() in IMAGE_SUFFIXES), key=natural_key)
        if not images:
            raise VideoError(f'{path}: no image among {len(names)} files, expected a folder of frames')
        if fps is None:
            raise VideoError(f'{path}: a folder of images needs its frame rate (fps), found none')
        self._paths = [path / name for name in images]
        super().__init__(str(path), fps, self._first_size(), len(images))

    def __iter__(self) -> Iterator[TimedFrame]:
        """Go through the images."""
        notes = NoteList(self.notes)
        for index, path in enumerate(self._paths):
            try:
                image = read_image(path)
            except FrameError as error:
                notes.add('bad images', f'passed over: {error}')
                continue
            size = image.shape[1::-1]
            if size != self.size:
                expected = f'{self.size[0]} x {self.size[1]}'
                notes.add('bad images', f'passed over: {path}: {size[0]} x {size[1]} px, expected {expected}')
                continue
            yield TimedFrame(index, index / self.fps, image)

    def _first_size(self) -> tuple[int, int]:
        first_error: FrameError | None = None
        for path in self._paths:
            try:
                height, width = read_image(path).shape[:2]
            except FrameError as error:
                first_error = first_error or error
                continue
            return width, height
        raise VideoError(f'none of {len(self._paths)} images can be read: {first_error}')


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


def natural_key(name: str) -> list[tuple[int, str]]:
    """Sort key by which numbers in names count by their value."""
    return [(int(part), '') if part.isdecimal() else (-1, part) for part in re.split(r'(\d+)', name)]
