"""A video file, read frame by frame."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from mmaction_mespot.preprocessing.manifest import file_record

from .frame import FrameError


class VideoFrames(Sequence[np.ndarray]):
    """Frames of a video file by index from 0, (H, W, 3) RGB uint8.

    Frames are decoded in order, so rising indices are quick; a step back starts over. A seek of the
    container, which lands on another frame in many files, is never made.

    Args:
        path: The file.
        total_frames: Number of frames. Defaults to None: counted by going through the file once.

    Raises:
        FrameError: OpenCV can't open the file, or it holds no frame.
    """

    def __init__(self, path: str | Path, total_frames: int | None = None) -> None:
        self.path = Path(path)
        self._capture: cv2.VideoCapture | None = None
        self._next = 0
        self.fps = float(self._rewind().get(cv2.CAP_PROP_FPS))
        self.total_frames = self._count() if total_frames is None else total_frames

    def __len__(self) -> int:
        return self.total_frames

    def __getitem__(self, index: Any) -> Any:
        """Read one frame.

        Raises:
            FrameError: The file ends before this frame.
        """
        if not 0 <= index < self.total_frames:
            raise IndexError(f'{self.path}: frame {index} of {self.total_frames}')
        capture = self._capture
        if capture is None or index < self._next:
            capture = self._rewind()
        while self._next <= index:
            if not capture.grab():
                raise FrameError(
                    f'{self.path}: ends at frame {self._next}, expected {self.total_frames} frames'
                )
            self._next += 1
        done, image = capture.retrieve()
        if not done:
            raise FrameError(f'{self.path}: frame {index} cannot be decoded')
        return cv2.cvtColor(image, cv2.COLOR_BGR2RGB)

    def fingerprint(self) -> str:
        """Hash of the file."""
        return str(file_record(self.path)['sha256'])

    def _rewind(self) -> cv2.VideoCapture:
        if not self.path.is_file():
            raise FrameError(f'{self.path}: no such file, expected a video')
        self._capture = cv2.VideoCapture(str(self.path))
        if not self._capture.isOpened():
            raise FrameError(f'{self.path}: OpenCV cannot open this video')
        self._next = 0
        return self._capture

    def _count(self) -> int:
        capture, count = self._rewind(), 0
        while capture.grab():
            count += 1
        self._capture = None
        if not count:
            raise FrameError(f'{self.path}: holds no frame')
        return count
