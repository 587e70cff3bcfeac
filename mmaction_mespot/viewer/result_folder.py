"""The results of ``tools/spot.py`` on disk, as the page sees them."""

from __future__ import annotations

import csv
import io
import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from mmaction_mespot.annotations.frame_folder import FrameFolder
from mmaction_mespot.annotations.own import COLUMNS
from mmaction_mespot.atomic_file import write_whole
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.detections import CLASSES
from mmaction_mespot.preprocessing.video import VideoError, open_video_source, resample, working_fps
from mmaction_mespot.preprocessing.video.container_file import open_container
from mmaction_mespot.visualization.overlay import write_video

RESULT, PREVIEW, CORRECTED = 'intervals.json', 'preview.mp4', 'corrected.csv'
BROWSER_CODECS = ('h264', 'vp8', 'vp9', 'av1')
BROWSER_COLOURS = ('yuv420p', 'yuvj420p')
BROWSER_SUFFIXES = ('.mp4', '.m4v', '.mov', '.webm')


class ResultFolder:
    """One folder of results, with one folder a video in it.

    Args:
        root: Folder that ``tools/spot.py --out`` wrote.

    Raises:
        MESpotError: If there is no such folder.
    """

    def __init__(self, root: str | Path) -> None:
        self.root = Path(root)
        self._making = threading.Lock()
        if not self.root.is_dir():
            raise MESpotError(f'{self.root}: no such folder, expected the results of tools/spot.py')

    def names(self) -> list[str]:
        """Names of the videos that have results, such as ``a`` or ``P01/a``, sorted."""
        found = (path.parent.relative_to(self.root) for path in self.root.rglob(RESULT))
        return sorted(folder.as_posix() for folder in found if folder.parts)

    def folder(self, name: str) -> Path:
        """Folder of one video.

        Raises:
            MESpotError: If there are no results of that name (a name with a path in it has none).
        """
        if name not in self.names():
            raise MESpotError(f'{self.root}: no results of {name!r}, expected one of {self.names()}')
        return self.root / name

    def read(self, name: str) -> dict[str, Any]:
        """Content of ``intervals.json``.

        Raises:
            MESpotError: If there is none of that name, or it can't be read.
        """
        path = self.folder(name) / RESULT
        try:
            content = json.loads(path.read_text(encoding='utf-8'))
            content['video']['path'], content['intervals'], content['candidates']
        except (ValueError, KeyError, TypeError) as error:
            raise MESpotError(f'{path}: no result of tools/spot.py ({error!r})') from error
        return content

    def video(self, name: str) -> Path:
        """A file of the video that a browser plays: the video itself, or a copy made once.

        Raises:
            MESpotError: If the video has moved.
        """
        content = self.read(name)
        path, preview = Path(content['video']['path']), self.folder(name) / PREVIEW
        if plays_in_a_browser(path):
            return path
        with self._making:  # a player asks for several ranges at once
            if not preview.is_file():
                if not path.exists():
                    raise MESpotError(f'{path}: the video has moved, it cannot be shown')
                _write_preview(path, content['video']['fps'], preview)
        return preview

    def write_corrected(self, name: str, intervals: Sequence[Mapping[str, Any]]) -> str:
        """Write intervals as a CSV that ``tools/prepare.py own`` reads.

        Args:
            name: The video.
            intervals: ``label``, ``onset``, ``apex`` (or None), ``offset`` in the video's frames from 0,
                inclusive. None at all leaves one row that only names the video.

        Returns:
            The text of ``corrected.csv``; frames are those of the images' names, or count from 1 in a file.

        Raises:
            MESpotError: If an interval is none.
        """
        content = self.read(name)
        path, total = Path(content['video']['path']), int(content['video']['total_frames'])
        first = FrameFolder.scan(path).start_index if path.is_dir() else 1
        text = io.StringIO()
        writer = csv.writer(text, lineterminator='\n')
        writer.writerow(COLUMNS)
        for interval in intervals:
            writer.writerow([path.name, *_row(interval, total, first)])
        if not intervals:
            writer.writerow([path.name, '', '', '', ''])
        write_whole(self.folder(name) / CORRECTED, text.getvalue())
        return text.getvalue()


def _write_preview(path: Path, fps: float, preview: Path) -> None:
    """Write a copy of a video that a browser plays, with the same times."""
    source = open_video_source(path, fps if path.is_dir() else None)
    rate = working_fps(source.fps, 30.0)
    width, height = (2 * ((side + 1) // 2) for side in source.size)
    write_video(_even(resample(source, rate), (width, height)), rate, (width, height), preview)


def plays_in_a_browser(path: Path) -> bool:
    """Whether container and codec are such that every current browser plays them."""
    if not path.is_file() or path.suffix.lower() not in BROWSER_SUFFIXES:
        return False
    try:
        container, stream = open_container(path)
    except VideoError:
        return False
    with container:
        context = stream.codec_context
        # Browsers refuse colours that are stored in any way but 4:2:0.
        return context.name.lower().startswith(BROWSER_CODECS) and context.pix_fmt in BROWSER_COLOURS


def _even(frames: Any, size: tuple[int, int]) -> Iterator[np.ndarray]:
    """Pictures of even sides, as H.264 needs them."""
    for frame in frames:
        image = frame.image
        yield image if image.shape[1::-1] == size else cv2.resize(image, size)


def _row(interval: Mapping[str, Any], total: int, first: int) -> list[Any]:
    """onset, apex, offset, type of one interval, in the numbers of the table."""
    try:
        onset, offset = int(interval['onset']), int(interval['offset'])
        apex = None if interval.get('apex') is None else int(interval['apex'])
        label = str(interval['label'])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise MESpotError(
            f'expected an interval with label, onset, apex, offset, found {interval}'
        ) from error
    middle = onset if apex is None else apex
    if label not in CLASSES or not 0 <= onset <= middle <= offset < total:
        wanted = f'a label of {CLASSES} and 0 <= onset <= apex <= offset < {total}'
        raise MESpotError(f'expected {wanted}, found {dict(interval)}')
    return [onset + first, '' if apex is None else apex + first, offset + first, label]
