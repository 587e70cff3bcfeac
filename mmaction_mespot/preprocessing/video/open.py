"""Open whatever a user has: a video file, a folder of images, an array."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from .container_source import ContainerSource
from .folder_source import ArraySource, FolderSource
from .frame import VideoError
from .video_source import MAX_FPS, MIN_FPS, VideoSource


def open_video_source(source: str | Path | np.ndarray, fps: float | None = None) -> VideoSource:
    """Open a video.

    Args:
        source: A video file; a folder of images, sorted by name with numbers by their value; or an array
            (T, H, W, 3) RGB uint8.
        fps: Frame rate of a folder or an array. For a video file it replaces the file's own time stamps, for
            recordings of a fast camera that are stored at another rate. Defaults to None.

    Raises:
        VideoError: It cannot be used; the message says why.
    """
    if fps is not None and not MIN_FPS <= fps <= MAX_FPS:
        raise VideoError(f'fps: found {fps:g}, expected {MIN_FPS:g} to {MAX_FPS:g}')
    if isinstance(source, np.ndarray):
        return ArraySource(source, fps)
    path = Path(source)
    return FolderSource(path, fps) if path.is_dir() else ContainerSource(path, fps)
