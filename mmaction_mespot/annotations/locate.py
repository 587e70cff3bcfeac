"""Where a download keeps its label table and its frames: names and depths vary between releases."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from .annotation_error import AnnotationError

TABLE_SUFFIXES = ('.xlsx', '.xls', '.xlsm')
_SEARCH_DEPTH = 4
_IMAGES = ('.jpg', '.jpeg', '.png', '.bmp')


def walk(folder: Path, video_folder: re.Pattern[str], depth: int = _SEARCH_DEPTH) -> Iterator[Path]:
    """Yield files and folders down to a depth in the order of their names; images are passed over.

    Args:
        folder: Where to begin.
        video_folder: Folders of such a name (frames, or all of a person) are yielded, but not entered.
        depth: Levels to go down. Defaults to 4.
    """
    with os.scandir(folder) as entries:
        found = sorted(
            (entry.name, entry.is_dir())
            for entry in entries
            if not entry.name.startswith(('.', '~'))
            and entry.name != '__MACOSX'
            and not entry.name.lower().endswith(_IMAGES)
        )
    for name, is_folder in found:
        yield folder / name
        if depth > 1 and is_folder and not video_folder.fullmatch(name):
            yield from walk(folder / name, video_folder, depth - 1)


def find_tables(
    root: Path, video_folder: re.Pattern[str], suffixes: Sequence[str] = TABLE_SUFFIXES
) -> list[Path]:
    """List the label tables of a download."""
    return [p for p in walk(root, video_folder) if p.suffix.lower() in suffixes and p.is_file()]


def given_table(root: Path, table: str | Path) -> Path:
    """Find the table that the user names, as it stands or below the root.

    Raises:
        AnnotationError: If there is none.
    """
    for path in (Path(table), root / table):
        if path.is_file():
            return path
    raise AnnotationError(str(table), [f'no such label table, neither here nor below {root}'])


def only(paths: Sequence[Path], root: Path, what: str, expected: str, option: str) -> Path:
    """Give the one path that there is.

    Raises:
        AnnotationError: If there is none, or if several are equally good; the message lists them.
    """
    if len(paths) == 1:
        return paths[0]
    found = ', '.join(relative(path, root) for path in paths) or 'none'
    advice = f'; choose one with {option}' if paths else ''
    raise AnnotationError(str(root), [f'{what} found: {found}; expected {expected}{advice}'])


def choose_tree(
    root: Path,
    video_folder: re.Pattern[str],
    is_tree: Callable[[Path], bool],
    frame_tree: str | None,
    preferred: Sequence[str],
    expected: str,
) -> Path:
    """Find the folder of the frames, also where an archive was unpacked into a folder of its own name.

    Args:
        root: Folder of the download.
        video_folder: Name of the folders that are not entered.
        is_tree: Tells a tree by what lies in it.
        frame_tree: Name of the tree's folder, or its path below the root; None for the preferred one.
        preferred: Names of trees, the best first, for where there are several.
        expected: What a tree looks like, for the message.

    Raises:
        AnnotationError: If there is none, or several of which none is preferred.
    """
    trees = [p for p in (root, *walk(root, video_folder)) if p.is_dir() and is_tree(p)]
    trees.sort(key=lambda path: (len(path.parts), path))
    if frame_tree is not None:
        named = [p for p in trees if frame_tree in (p.name, relative(p, root))]
        if not named:
            found = ', '.join(relative(path, root) for path in trees) or 'none'
            raise AnnotationError(str(root), [f'frame tree {frame_tree!r}, expected one of {found}'])
        return named[0]
    for name in preferred:
        named = [path for path in trees if path.name == name]
        if named:
            return named[0]
    return only(trees, root, 'frame trees', expected, '--frame-tree')


def subfolders(folder: Path) -> list[Path]:
    """List the folders in a folder, in the order of their names, without hidden ones."""
    with os.scandir(folder) as entries:
        return sorted(folder / e.name for e in entries if e.is_dir() and not e.name.startswith('.'))


def relative(path: Path, root: Path) -> str:
    """Give a path below the root as it is to be shown."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
