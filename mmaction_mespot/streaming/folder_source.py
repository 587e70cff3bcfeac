"""A video given as a folder of images."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from mmaction_mespot.preprocessing.frame_error import FrameError
from mmaction_mespot.preprocessing.frames import read_image

from .note_list import NoteList
from .timed_frame import TimedFrame
from .video_error import VideoError
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


def natural_key(name: str) -> list[tuple[int, str]]:
    """Sort key by which numbers in names count by their value."""
    return [(int(part), '') if part.isdecimal() else (-1, part) for part in re.split(r'(\d+)', name)]
