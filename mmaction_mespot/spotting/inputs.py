"""From what a user names to the videos that are meant, each with a folder name of its own."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

from mmaction_mespot.annotations.frame_folder import FrameFolder
from mmaction_mespot.annotations.video_file import VideoFile
from mmaction_mespot.atomic_file import numbered_name
from mmaction_mespot.contained import folder_name
from mmaction_mespot.errors import MESpotError

RESULT = 'intervals.json'
LIST_ENDING = '.txt'


def find_videos(paths: Iterable[str | Path]) -> list[Path]:
    """Find the videos that paths mean; see :func:`named_videos`."""
    return list(named_videos(paths))


def named_videos(paths: Iterable[str | Path], passed_over: list[Path] | None = None) -> dict[Path, str]:
    """Find the videos that paths mean, each with the name that its results get.

    A file is taken as it is, whatever its name, except that a ``.txt`` lists paths, one per line, relative to
    its own folder (empty lines and those that begin with ``#`` are skipped). A folder of numbered images is
    one video; any other folder stands for the video files and folders of numbered images in it, at any depth,
    and these keep their folder in their name (``P01/a``). Folders of results are passed over. What is not
    there is kept: opening it says so.

    Args:
        paths: Files and folders.
        passed_over: Where to add the files in folders that are no videos, and the folders of results.
            Defaults to None: nowhere.

    Returns:
        The name of each video, in the order of the paths: its file name without the ending, with ``_2``,
        ``_3`` after equal ones (also those that differ in upper and lower case only). Videos of a list keep
        the folders that the list gives them.

    Raises:
        MESpotError: If a list is no text or lists nothing.
    """
    wanted: dict[Path, str] = {}
    others: list[Path] = [] if passed_over is None else passed_over
    for path, parent in _listed(map(Path, paths)):
        inside = []
        if path.is_dir() and not FrameFolder.looks_like(path):
            inside = [
                (video, parent / video.relative_to(path).parent) for video in _videos_below(path, others)
            ]
        for video, folder in inside or [(path, parent)]:
            stem = video.resolve().name if video.is_dir() else video.stem
            name = (folder / folder_name(stem, 'video')).as_posix()
            wanted.setdefault(video, _as_text(name))
    taken: set[str] = set()
    for video, name in wanted.items():
        wanted[video] = numbered_name(name, lambda one: one.casefold() in taken)
        taken.add(wanted[video].casefold())
    return wanted


def _listed(paths: Iterable[Path]) -> Iterator[tuple[Path, Path]]:
    """Paths with the folder that their results go to; lists are replaced by what they list."""
    for path in paths:
        if path.suffix.lower() != LIST_ENDING or not path.is_file():
            yield path, Path()
            continue
        try:
            lines = [line.strip() for line in path.read_text(encoding='utf-8-sig').splitlines()]
        except UnicodeDecodeError as error:
            raise MESpotError(
                f'{path}: expected a list of paths, one per line, found no UTF-8 text'
            ) from error
        entries = [line for line in lines if line and not line.startswith('#')]
        if not entries:
            raise MESpotError(f'{path}: expected paths, one per line, found none')
        for entry in map(Path, entries):
            inside = not entry.is_absolute() and '..' not in entry.parts
            yield path.parent / entry, entry.parent if inside else Path()


def _as_text(name: str) -> str:
    """Composed (NFC), as tables write it; bytes of another encoding, which are no text, as underscores."""
    text = unicodedata.normalize('NFC', name)
    return ''.join('_' if '\ud800' <= letter <= '\udfff' else letter for letter in text)


def _videos_below(folder: Path, others: list[Path]) -> Iterator[Path]:
    """Videos in a folder and in the folders in it, by name; links to folders are not followed."""
    for entry in sorted(folder.iterdir()):
        if _is_video(entry):
            yield entry
        elif _may_hold_videos(entry):
            yield from _videos_below(entry, others)
        elif not entry.name.startswith('.'):
            others.append(entry)


def _may_hold_videos(entry: Path) -> bool:
    if not entry.is_dir() or entry.is_symlink() or entry.name.startswith('.'):
        return False
    return not (entry / RESULT).is_file()


def _is_video(path: Path) -> bool:
    if path.name.startswith('.'):
        return False
    return VideoFile.looks_like(path) if path.is_file() else FrameFolder.looks_like(path)
