"""Where a CAS(ME)^2 download keeps its label workbook, its frames and the optional files beside them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from .annotation_error import AnnotationError
from .frame_folder import FrameFolder

FRAME_TREES = ('rawpic', 'longVideoFaceCropped')
"""The two frame trees of CAS(ME)^2, the preferred one first."""

_WORKBOOKS = ('CAS(ME)^2code_final(Updated).xlsx', 'CAS(ME)^2code_final.xlsx', 'code_final.xlsx')
_VIDEO_FOLDER = re.compile(r'^(?P<subject>\d+)_(?P<code>\d{4})(?!\d)')
_SEARCH_DEPTH = 3


@dataclass(frozen=True)
class VideoFolder:
    """One long video of the tree: its names and its frames."""

    video_id: str
    subject: str
    code: str
    frame_dir: str
    frames: FrameFolder


def find_workbook(root: Path) -> Path:
    """Find the label workbook by its several names.

    Where releases lie side by side, the updated one is taken; any other ``*code_final*.xlsx`` is taken if it
    is the only one.

    Raises:
        AnnotationError: If there is none, or if several are equally good.
    """
    books = sorted(
        path
        for path in _walk(root)
        if path.is_file()
        and 'code_final' in path.name
        and path.suffix == '.xlsx'
        and not path.name.startswith('~')
    )
    for name in _WORKBOOKS:
        named = [path for path in books if path.name == name]
        if named:
            books = named
            break
    if len(books) != 1:
        found = ', '.join(str(path.relative_to(root)) for path in books) or 'none'
        raise AnnotationError(
            str(root), [f'label workbooks found: {found}; expected one of {", ".join(_WORKBOOKS)}']
        )
    return books[0]


def find_tree(root: Path, tree: str | None) -> Path:
    """Find the frame tree, also where an archive was unpacked into a folder of its own name.

    Args:
        root: Folder of the download.
        tree: One of `FRAME_TREES`, or None for the first that exists.

    Raises:
        AnnotationError: If the tree does not exist or holds no subject folder.
    """
    if tree is not None and tree not in FRAME_TREES:
        raise AnnotationError(str(root), [f'frame tree {tree!r}, expected one of {", ".join(FRAME_TREES)}'])
    for name in FRAME_TREES if tree is None else (tree,):
        for path in sorted(_walk(root), key=lambda path: len(path.parts)):
            if path.name == name and path.is_dir() and any(_subject_folders(path)):
                return path
    expected = tree or ' or '.join(FRAME_TREES)
    raise AnnotationError(
        str(root),
        [f'no frame tree, expected {expected}/s<number>/<number>_<4-digit code><name>/ with frames'],
    )


@dataclass(frozen=True)
class TreeListing:
    """What a frame tree holds.

    Attributes:
        videos: The long videos in the order of their ids.
        ignored: Folders whose name is no video's, relative to the root.
        problems: What is wrong with the frames, one line a problem.
        faulty: Ids of the videos left out because of a problem.
    """

    videos: list[VideoFolder]
    ignored: list[str]
    problems: list[str]
    faulty: set[str]


def list_videos(root: Path, tree: Path) -> TreeListing:
    """List the long videos of a tree and check their frames."""
    videos: dict[str, VideoFolder] = {}
    listing = TreeListing([], [], [], set())
    for subject_folder in sorted(_subject_folders(tree)):
        subject = subject_folder.name
        for folder in sorted(path for path in subject_folder.iterdir() if path.is_dir()):
            frame_dir = folder.relative_to(root).as_posix()
            match = _VIDEO_FOLDER.match(folder.name)
            if match is None:
                listing.ignored.append(frame_dir)
                continue
            video_id = f'{subject}_{match["code"]}'
            problems = []
            if int(match['subject']) != int(subject[1:]):
                problems.append(f'a video of subject {match["subject"]} in {subject}')
            elif video_id in videos:
                problems.append(f'the same video code as {videos[video_id].frame_dir}, expected one')
            else:
                try:
                    frames = FrameFolder.scan(folder)
                    if frames.start_index != 1:
                        problems.append(f'the first frame has the number {frames.start_index}, expected 1')
                except AnnotationError as error:
                    problems += error.problems
            if problems:
                listing.problems.extend(f'{frame_dir}: {problem}' for problem in problems)
                listing.faulty.add(video_id)
            else:
                videos[video_id] = VideoFolder(video_id, subject, match['code'], frame_dir, frames)
    listing.videos.extend(videos[video_id] for video_id in sorted(videos))
    return listing


def read_frame_rates(root: Path) -> dict[str, float]:
    """Read the optional ``video_info.csv`` (columns ``frame_dir,fps``), which the published data set lacks.

    Returns:
        Frames a second by ``<subject folder>/<video folder>``; empty without the file.

    Raises:
        AnnotationError: If a column is missing or a rate is no positive number.
    """
    path = root / 'video_info.csv'
    if not path.is_file():
        return {}
    table = pd.read_csv(path, dtype=str, na_filter=False)
    if not {'frame_dir', 'fps'} <= set(table.columns):
        raise AnnotationError(str(path), [f'columns {list(table.columns)}, expected frame_dir and fps'])
    rates: dict[str, float] = {}
    problems = []
    for number, (frame_dir, fps) in enumerate(zip(table['frame_dir'], table['fps'], strict=True), start=2):
        try:
            rate = float(fps)
        except ValueError:
            rate = float('nan')
        if not 0 < rate < float('inf'):
            problems.append(f'row {number}, column fps: found {fps!r}, expected a positive number')
        rates[video_key(frame_dir)] = rate
    if problems:
        raise AnnotationError(str(path), problems)
    return rates


def read_splits(root: Path) -> dict[str, Any]:
    """Read the optional ``splits.json`` (``{"part": ..., "splits": {name: [subjects]}}``); empty without the
    file.

    Raises:
        AnnotationError: If it is no JSON object.
    """
    path = root / 'splits.json'
    if not path.is_file():
        return {}
    try:
        data = json.loads(path.read_text(encoding='utf-8'))
    except ValueError as error:
        raise AnnotationError(str(path), [f'no valid JSON ({error})']) from error
    splits = data.get('splits', {}) if isinstance(data, dict) else None
    if not isinstance(splits, dict) or not all(isinstance(members, list) for members in splits.values()):
        raise AnnotationError(
            str(path), [f'found {data!r}, expected {{"part": ..., "splits": {{name: [subjects]}}}}']
        )
    return data


def video_key(frame_dir: str) -> str:
    """Give the last two parts of a path, ``<subject folder>/<video folder>``: the same for both trees."""
    return '/'.join(Path(frame_dir).parts[-2:])


def _subject_folders(tree: Path) -> Iterator[Path]:
    return (path for path in tree.iterdir() if path.is_dir() and re.fullmatch(r's\d+', path.name))


def _walk(folder: Path, depth: int = _SEARCH_DEPTH) -> Iterator[Path]:
    """Yield files and folders down to a depth, but do not enter subject folders."""
    for path in sorted(folder.iterdir()):
        yield path
        if depth > 1 and path.is_dir() and not re.fullmatch(r's\d+', path.name):
            yield from _walk(path, depth - 1)
