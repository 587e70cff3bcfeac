"""Where a CAS(ME)^2 download keeps its label workbook, its frames and the optional files beside them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from mmaction_mespot.delimited_text import read_table
from mmaction_mespot.strict_json import read_json

from .annotation_error import AnnotationError
from .locate import choose_tree, find_tables, only, subfolders
from .read_report import ReadReport
from .schema import MAX_FPS
from .video_listing import VideoListing

FRAME_TREES = ('rawpic', 'longVideoFaceCropped')
"""The two frame trees of CAS(ME)^2, the preferred one first."""

_WORKBOOKS = ('CAS(ME)^2code_final(Updated).xlsx', 'CAS(ME)^2code_final.xlsx', 'code_final.xlsx')
_VIDEO_FOLDER = re.compile(r'^(?P<subject>\d+)_(?P<code>\d{4})(?!\d)')
_SUBJECT_FOLDER = re.compile(r's\d+')


def find_workbook(root: Path) -> Path:
    """Find the label workbook by its several names.

    Where releases lie side by side, the updated one is taken; any other ``*code_final*.xlsx`` is taken if it
    is the only one.

    Raises:
        AnnotationError: If there is none, or if several are equally good.
    """
    books = [p for p in find_tables(root, _SUBJECT_FOLDER, ('.xlsx',)) if 'code_final' in p.name]
    for name in _WORKBOOKS:
        named = [path for path in books if path.name == name]
        if named:
            books = named
            break
    return only(books, root, 'label workbooks', f'one of {", ".join(_WORKBOOKS)}', '--table')


def find_tree(root: Path, tree: str | None) -> Path:
    """Find the frame tree, also where an archive was unpacked into a folder of its own name.

    Args:
        root: Folder of the download.
        tree: Its name; None for the first of `FRAME_TREES` that exists.

    Raises:
        AnnotationError: If the tree does not exist or holds no subject folder.
    """
    return choose_tree(
        root,
        _SUBJECT_FOLDER,
        lambda path: any(_SUBJECT_FOLDER.fullmatch(folder.name) for folder in subfolders(path)),
        tree,
        FRAME_TREES,
        f'{" or ".join(FRAME_TREES)}/s<number>/<number>_<4-digit code><name>/ with frames',
    )


def list_videos(root: Path, tree: Path, rates: dict[str, float], fps: float) -> VideoListing:
    """List the long videos of a tree and check their frames.

    Args:
        root: Folder of the download.
        tree: Its frame tree.
        rates: Frames per second by :func:`video_key`.
        fps: Frames per second of the other videos.
    """
    listing = VideoListing(root)
    for subject_folder in subfolders(tree):
        subject = subject_folder.name
        if not _SUBJECT_FOLDER.fullmatch(subject):
            listing.ignored.append(listing.relative(subject_folder))
            continue
        for folder in subfolders(subject_folder):
            location = listing.relative(folder)
            match = _VIDEO_FOLDER.match(folder.name)
            if match is None:
                listing.ignored.append(location)
                continue
            video_id = f'{subject}_{match["code"]}'
            if int(match['subject']) != int(subject[1:]):
                listing.fault(video_id, location, f'a video of subject {match["subject"]} in {subject}')
            else:
                listing.add(video_id, subject, folder, rates.get(video_key(location), fps), first_frame=1)
    return listing


def read_frame_rates(root: Path) -> dict[str, float]:
    """Read the optional ``video_info.csv`` (columns ``frame_dir,fps``), which the published data set lacks.

    Returns:
        Frames per second by ``<subject folder>/<video folder>``; empty without the file.

    Raises:
        AnnotationError: If a column is missing or a rate is no positive number.
    """
    path = root / 'video_info.csv'
    if not path.is_file():
        return {}
    rates: dict[str, float] = {}
    problems = []
    rows = read_table(path, ('frame_dir', 'fps'), lambda reason: AnnotationError(str(path), [reason]))
    for number, cells in rows:
        frame_dir, fps = cells['frame_dir'], cells['fps']
        try:
            rate = float(fps)
        except ValueError:
            rate = float('nan')
        if not 0 < rate <= MAX_FPS:
            problems.append(f'row {number}, column fps: found {fps!r}, expected a number in (0, {MAX_FPS}]')
        if video_key(frame_dir) in rates:
            problems.append(f'row {number}, column frame_dir: found {frame_dir!r} again, expected once')
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
    data = read_json(path, lambda reason: AnnotationError(str(path), [reason]))
    splits = data.get('splits', {}) if isinstance(data, dict) else None
    if not isinstance(splits, dict) or not all(isinstance(members, list) for members in splits.values()):
        raise AnnotationError(
            str(path), [f'found {data!r}, expected {{"part": ..., "splits": {{name: [subjects]}}}}']
        )
    return data


def present_splits(
    splits: dict[str, list[str]], subjects: set[str], report: ReadReport
) -> dict[str, list[str]]:
    """Keep the subjects that have frames, and report the others."""
    for name, members in splits.items():
        for subject in members:
            if subject not in subjects:
                report.add(
                    'split_subject_absent', file='splits.json', found=f'{name}: {subject}', done='left out'
                )
    return {name: [subject for subject in members if subject in subjects] for name, members in splits.items()}


def video_key(frame_dir: str) -> str:
    """Give the last two parts of a path, ``<subject folder>/<video folder>``: the same for both trees."""
    return '/'.join(Path(frame_dir).parts[-2:])
