"""Paths and names that come from files: they stay inside their folder."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath, PureWindowsPath

from mmaction_mespot.errors import MESpotError

NAME_PATTERN = r'^(?!\.{1,2}\Z)[^/\\\x00-\x1f]+\Z'
"""A name that can be the name of one file: no separator, no control character, neither ``.`` nor ``..``."""

RELATIVE_PATTERN = r'^(?![/\\])(?![A-Za-z]:)(?!(?:.*[/\\])?\.\.(?:[/\\]|\Z))[^\x00-\x1f]*\Z'
"""A relative path without ``..``."""


def path_inside(folder: Path, name: object, place: str) -> Path:
    """The path below a folder that a file names.

    Args:
        folder: The folder.
        name: What the file says: a relative path with forward slashes.
        place: File and key, for the message.

    Returns:
        ``folder / name``, links in it not resolved.

    Raises:
        MESpotError: If it is no relative path below the folder, also where a link leads out of it.
    """
    expected = f'expected a path below {folder}'
    if not isinstance(name, str) or not name.strip():
        raise MESpotError(f'{place}: found {name!r}, {expected}')
    parts = PurePosixPath(name).parts
    is_rooted = PurePosixPath(name).is_absolute() or PureWindowsPath(name).drive or PureWindowsPath(name).root
    if is_rooted or not parts or '..' in parts or '..' in PureWindowsPath(name).parts or '\0' in name:
        raise MESpotError(f'{place}: found {name!r}, {expected}')
    path = folder / name
    root = os.path.realpath(folder)
    if os.path.commonpath([root, os.path.realpath(path)]) != root or os.path.realpath(path) == root:
        raise MESpotError(f'{place}: {name!r} leads out of the folder, {expected}')
    return path


def folder_name(name: str, fallback: str) -> str:
    """The name, or the fallback where it is no name of a folder (``''``, ``'.'``, ``'..'``)."""
    return fallback if name.strip(' .') == '' else name
