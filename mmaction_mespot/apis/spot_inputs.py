"""From what a user names to the videos that are meant, each with a folder name of its own."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from mmaction_mespot.annotations.frame_folder import FrameFolder
from mmaction_mespot.annotations.video_file import VideoFile
from mmaction_mespot.contained import folder_name
from mmaction_mespot.numbered_name import numbered_name


def find_videos(paths: Iterable[str | Path]) -> list[Path]:
    """Find the videos that paths mean.

    A file is taken as it is, whatever its name; a folder of numbered images is one video; any other folder
    stands for the video files and folders of numbered images directly in it, by name. What is not there is
    kept: opening it says so.

    Args:
        paths: Files and folders.

    Returns:
        The videos, each once, in the order of the paths.
    """
    found: list[Path] = []
    for path in map(Path, paths):
        if path.is_dir() and not FrameFolder.looks_like(path):
            inside = [entry for entry in sorted(path.iterdir()) if _is_video(entry)]
            found += inside or [path]
        else:
            found.append(path)
    return list(dict.fromkeys(found))


def result_names(videos: Iterable[Path]) -> list[str]:
    """A name for each video's results: its file name without the ending, ``_2``, ``_3`` after equal ones."""
    names: list[str] = []

    def is_taken(name: str) -> bool:
        return name.casefold() in {other.casefold() for other in names}

    for path in videos:
        stem = path.resolve().name if path.is_dir() else path.stem
        names.append(numbered_name(folder_name(stem, 'video'), is_taken))
    return names


def _is_video(path: Path) -> bool:
    if path.name.startswith('.'):
        return False
    return VideoFile.looks_like(path) if path.is_file() else FrameFolder.looks_like(path)
