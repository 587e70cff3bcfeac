"""The results of ``tools/spot.py`` on disk, as the page sees them."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from mmaction_mespot.annotations.frame_folder import FrameFolder
from mmaction_mespot.atomic_file import write_whole
from mmaction_mespot.contained import path_inside
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.preprocessing.video import VideoError
from mmaction_mespot.preprocessing.video.container_file import open_container
from mmaction_mespot.strict_json import read_json
from mmaction_mespot.study.corrections import (
    coder_names,
    corrections_path,
    empty_corrections,
    read_corrections,
    write_corrections,
)

from .label_table import read_table, table_text
from .player_video import player_times, write_preview

RESULT, PREVIEW, CORRECTED = 'intervals.json', 'frames.mp4', 'corrected.csv'
BROWSER_CODECS = ('h264', 'vp8', 'vp9', 'av1')
BROWSER_COLOURS = ('yuv420p', 'yuvj420p')
BROWSER_SUFFIXES = ('.mp4', '.m4v', '.mov', '.webm')


class ResultFolder:
    """One folder of results, with one folder per video in it.

    Args:
        root: Folder that ``tools/spot.py --out`` wrote.

    Raises:
        MESpotError: If there is no such folder.
    """

    def __init__(self, root: str | Path) -> None:
        self.root = Path(root)
        self._making = threading.Lock()
        self._times: dict[str, tuple[Any, dict[str, Any]]] = {}
        if not self.root.is_dir():
            raise MESpotError(f'{self.root}: no such folder, expected the results of tools/spot.py')

    def names(self) -> list[str]:
        """Names of the videos that have results, such as ``a`` or ``P01/a``, sorted; none behind links."""
        root = self.root.resolve()
        found = (path for path in self.root.rglob(RESULT) if path.resolve().is_relative_to(root))
        folders = (path.parent.relative_to(self.root) for path in found)
        return sorted(folder.as_posix() for folder in folders if folder.parts)

    def folder(self, name: str) -> Path:
        """Folder of one video.

        Raises:
            MESpotError: If there are no results of that name (a name with a path in it has none).
        """
        if name not in self.names():
            raise MESpotError(f'{self.root}: no results of {name[:200]!r}, expected one of those listed')
        return self.root / name

    def read(self, name: str) -> dict[str, Any]:
        """Content of ``intervals.json``.

        Raises:
            MESpotError: If there is none of that name, or it can't be read.
        """
        path = self.folder(name) / RESULT
        content = read_json(path)
        try:
            video = content['video']
            content['intervals'], content['candidates'], content['thresholds'], Path(video['path'])
            if not int(video['total_frames']) > 0 or not float(video['fps']) > 0:
                raise ValueError('no frames')
        except (ValueError, KeyError, TypeError, OverflowError) as error:
            raise MESpotError(f'{path}: no result of tools/spot.py ({error!r})') from error
        return dict(content)

    def video(self, name: str) -> Path:
        """A file of the video that a browser plays: the video itself, or a copy made once.

        Raises:
            MESpotError: If the video has moved, or the copy is a link that leads elsewhere.
        """
        content = self.read(name)
        path = Path(content['video']['path'])
        if plays_in_a_browser(path):
            return path
        preview = path_inside(self.folder(name), PREVIEW, 'the copy for the browser')
        with self._making:  # a player asks for several ranges at once
            if not preview.is_file():
                if not path.exists():
                    raise MESpotError(f'{path}: the video has moved, it cannot be shown')
                write_preview(path, content['video']['fps'], preview)
        return preview

    def times(self, name: str) -> dict[str, Any]:
        """Time stamps of all frames as the player sees them.

        Returns:
            ``time_s`` of each frame, the first at 0; and ``start_s``, the player's time at the first.

        Raises:
            MESpotError: If the video has moved.
        """
        path, total = self.video(name), int(self.read(name)['video']['total_frames'])
        changed = path.stat().st_mtime_ns
        with self._making:
            if self._times.get(name, (None,))[0] != (path, changed, total):
                self._times[name] = ((path, changed, total), player_times(path, total))
            return self._times[name][1]

    def corrections(self, name: str) -> dict[str, Any]:
        """Corrections of all coders, by name.

        Raises:
            MESpotError: If a file is none.
        """
        folder, total = self.folder(name), int(self.read(name)['video']['total_frames'])
        return {
            coder: read_corrections(corrections_path(folder, coder), total) for coder in coder_names(folder)
        }

    def save(self, name: str, content: Any) -> dict[str, Any]:
        """Check and store a coder's corrections (see :func:`write_corrections`)."""
        return write_corrections(self.folder(name), content, int(self.read(name)['video']['total_frames']))

    def rows_of_table(self, name: str, table: bytes) -> dict[str, Any]:
        """Read a table of labels back as corrections of what was found.

        Args:
            name: The video.
            table: A ``corrected.csv``, or another with its columns.

        Returns:
            ``rows`` of corrections, and the ``coder`` whom the table names, or None.

        Raises:
            MESpotError: If a row is none; it names the row, what was found, what was expected.
        """
        return read_table(table, self.read(name), self._first_frame(name))

    def write_corrected(self, name: str, coder: str) -> str:
        """Write a coder's intervals as a CSV that ``tools/prepare.py own`` reads.

        The table that was there is kept as ``corrected.1.csv``, ``corrected.2.csv``, ...

        Args:
            name: The video.
            coder: Whose corrections; one without any gets what was found.

        Returns:
            The text of ``corrected.csv``.

        Raises:
            MESpotError: If the name can't be a coder's, or the corrections can't be read.
        """
        result, folder = self.read(name), self.folder(name)
        path = corrections_path(folder, coder)
        found = empty_corrections(coder, result['thresholds'])
        if path.exists():
            found = read_corrections(path, int(result['video']['total_frames']))
        text = table_text(result, found, self._first_frame(name))
        target = path_inside(folder, CORRECTED, 'the table')
        if target.exists() and target.read_text(encoding='utf-8') != text:
            numbers = (int(old.stem.split('.')[1]) for old in folder.glob('corrected.[0-9]*.csv'))
            target.rename(folder / f'corrected.{max(numbers, default=0) + 1}.csv')
        write_whole(target, text)
        return text

    def _first_frame(self, name: str) -> int | None:
        """Number in the name of the first image of a folder; None for a video file."""
        path = Path(self.read(name)['video']['path'])
        return FrameFolder.scan(path).start_index if path.is_dir() else None


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
