"""A video given as a file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mmaction_mespot.preprocessing.video import VideoError
from mmaction_mespot.preprocessing.video.container_source import ContainerSource

from .annotation_error import AnnotationError

# fmt: off
VIDEO_SUFFIXES = (
    '.mp4', '.avi', '.mov', '.mkv', '.webm', '.mpg', '.mpeg', '.m4v', '.wmv', '.mts', '.m2ts', '.ts', '.3gp',
    '.3g2', '.flv', '.ogv', '.asf', '.vob', '.mxf', '.dv',
)
# fmt: on
"""Endings by which video files are found in folders."""
_TS_SYNC = b'\x47'


@dataclass(frozen=True)
class VideoFile:
    """A video file on disk.

    Attributes:
        path: The file.
        total_frames: Number of frames that can be decoded, counted by going through the file.
        size: Width and height in pixels, upright, pixels made square.
        fps: Frames per second by the time stamps.
        start_index: Number of the first frame in tables: 1.
        notes: What a user should know, such as stretches that can't be decoded.
    """

    path: Path
    total_frames: int
    size: tuple[int, int]
    fps: float
    start_index: int = 1
    notes: tuple[str, ...] = ()

    @staticmethod
    def looks_like(path: Path) -> bool:
        """Tell a video file by its ending; a ``.ts``, which may be TypeScript, by its first byte too."""
        if path.suffix.lower() not in VIDEO_SUFFIXES or not path.is_file():
            return False
        if path.suffix.lower() != '.ts':
            return True
        with path.open('rb') as file:
            return file.read(1) in (_TS_SYNC, b'')

    @classmethod
    def scan(cls, path: str | Path) -> VideoFile:
        """Open a file and count its frames, as spotting does.

        Raises:
            AnnotationError: If it can't be opened or holds no frame.
        """
        path = Path(path)
        try:
            source = ContainerSource(path)
        except VideoError as error:
            raise AnnotationError(str(path), [str(error).removeprefix(f'{path}: ')]) from error
        total = len(source.times_s())
        return cls(path, total, source.size, source.fps, notes=tuple(source.notes))
