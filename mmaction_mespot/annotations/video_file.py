"""A video given as a file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2

from .annotation_error import AnnotationError

VIDEO_SUFFIXES = ('.mp4', '.avi', '.mov', '.mkv', '.webm', '.mpg', '.mpeg', '.m4v', '.wmv')


@dataclass(frozen=True)
class VideoFile:
    """A video file on disk.

    Attributes:
        path: The file.
        total_frames: Number of frames, counted by going through the file; headers are often wrong.
        size: Width and height in pixels.
        fps: Frames a second as the header says, 0 if it does not.
        start_index: Number of the first frame in tables: 1.
    """

    path: Path
    total_frames: int
    size: tuple[int, int]
    fps: float
    start_index: int = 1

    @classmethod
    def scan(cls, path: str | Path) -> VideoFile:
        """Open a file and count its frames.

        Raises:
            AnnotationError: If it can't be opened or holds no frame.
        """
        path = Path(path)
        capture = cv2.VideoCapture(str(path))
        try:
            if not capture.isOpened():
                raise AnnotationError(str(path), ['OpenCV cannot open this video'])
            fps = float(capture.get(cv2.CAP_PROP_FPS))
            size = (
                int(capture.get(cv2.CAP_PROP_FRAME_WIDTH)),
                int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT)),
            )
            total = 0
            while capture.grab():
                total += 1
        finally:
            capture.release()
        if not total:
            raise AnnotationError(str(path), ['holds no frame'])
        return cls(path, total, size, fps if 0 < fps < float('inf') else 0.0)
