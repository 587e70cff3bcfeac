"""A video file as a sequence of frames, read through its source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mmaction_mespot.preprocessing.store.manifest import file_record

from .container_source import ContainerSource
from .frame import FrameError, TimedFrame, VideoError


class VideoFrames(Sequence[np.ndarray]):
    """Frames of a video file by index from 0, (H, W, 3) RGB uint8: those of :class:`ContainerSource`.

    Frames are decoded in order, so rising indices are quick; a step back starts over. A seek of the
    container, which lands on another frame in many files, is never made.

    Args:
        path: The file.
        total_frames: Number of frames. Defaults to None: counted by going through the file once.

    Attributes:
        source: The opened file; its notes say what a user should know.

    Raises:
        FrameError: The file can't be opened, or it holds no frame.
    """

    def __init__(self, path: str | Path, total_frames: int | None = None) -> None:
        self.path = Path(path)
        try:
            self.source = ContainerSource(self.path)
        except VideoError as error:
            raise FrameError(str(error)) from error
        self.fps = self.source.fps
        self.total_frames = len(self.source.times_s()) if total_frames is None else total_frames
        self._frames: Iterator[TimedFrame] = iter(())
        self._last: TimedFrame | None = None

    def __len__(self) -> int:
        return self.total_frames

    def __getitem__(self, index: Any) -> Any:
        """Read one frame.

        Raises:
            FrameError: The file ends before this frame.
        """
        if not 0 <= index < self.total_frames:
            raise IndexError(f'{self.path}: frame {index} of {self.total_frames}')
        if self._last is None or index < self._last.index:
            self._frames, self._last = iter(self.source), None
        while self._last is None or self._last.index < index:
            read = 0 if self._last is None else self._last.index + 1
            self._last = next(self._frames, None)
            if self._last is None:
                raise FrameError(f'{self.path}: ends at frame {read}, expected {self.total_frames} frames')
        return self._last.image

    def fingerprint(self) -> str:
        """Hash of the file."""
        return str(file_record(self.path)['sha256'])
