"""Open whatever a user has: a video file, a folder of images, an array, an entry of annotations."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from mmaction_mespot.preprocessing.store.manifest import file_record

from .container_source import ContainerSource
from .folder_source import ArraySource, FolderSource
from .frame import FrameError, VideoError
from .video_source import MAX_FPS, MIN_FPS, VideoSource

_SAME_FPS = 1e-6


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


def open_annotated(video: Mapping[str, Any], source_root: str | Path) -> VideoSource:
    """Open the video of an annotation entry, with the frames and the rate that the entry has.

    Args:
        video: The entry: ``frame_dir`` with ``filename_tmpl`` and ``start_index``, or ``video``; and ``fps``,
            ``total_frames``. Where its rate is not the file's own, frame i is at ``i / fps``.
        source_root: Folder that its place is relative to.

    Raises:
        VideoError: It cannot be used.
    """
    root, fps = Path(source_root), float(video['fps'])
    if 'frame_dir' in video:
        return FolderSource(root / video['frame_dir'], fps, _images(video))
    source = ContainerSource(root / video['video'])
    return source if abs(source.fps - fps) < _SAME_FPS * fps else ContainerSource(root / video['video'], fps)


def video_fingerprint(video: Mapping[str, Any], source_root: str | Path) -> str:
    """Hash that changes when the video of an annotation entry is replaced.

    Of a file its content; of a folder the names and sizes of the frames, which need not be read for it.

    Raises:
        FrameError: The file, or one of the frames, is missing.
    """
    root = Path(source_root)
    if 'frame_dir' not in video:
        path = root / video['video']
        if not path.is_file():
            raise FrameError(f'{path}: no such file, expected a video')
        return str(file_record(path)['sha256'])
    digest, folder = hashlib.sha256(), root / video['frame_dir']
    for name in _images(video).values():
        try:
            size = (folder / name).stat().st_size
        except OSError as error:
            raise FrameError(
                f'{folder / name}: missing, expected {video["total_frames"]} frames from number '
                f'{video["start_index"]}'
            ) from error
        digest.update(f'{name} {size}\n'.encode())
    return digest.hexdigest()


def _images(video: Mapping[str, Any]) -> dict[int, str]:
    """Names of the frames by number."""
    first = video['start_index']
    numbers = range(first, first + video['total_frames'])
    return {number: video['filename_tmpl'].format(number) for number in numbers}
