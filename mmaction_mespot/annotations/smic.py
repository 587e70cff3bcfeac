"""Reader of SMIC-E-long: label workbook and frame tree of one camera to the common annotations."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from mmaction_mespot.intervals.detections import ME

from .annotation_error import AnnotationError
from .assembly import ASSEMBLY_RULES, assemble, begin_reading
from .cell_error import CellError
from .cells import CELL_RULES, cell_text, frame_number
from .label_sheet import LabelSheet
from .labelled_event import LabelledEvent
from .labels_only import list_labelled
from .locate import find_tables, given_table, only, relative, subfolders, walk
from .read_report import ReadReport
from .video_listing import VideoListing

FPS = {'HS': 100.0, 'VIS': 25.0, 'NIR': 25.0}
"""Frames per second of the three cameras, the preferred one first."""

RULES = {
    **CELL_RULES,
    **ASSEMBLY_RULES,
    'note_below_table': 'rows of text below the table: no events',
    'subject_differs': 'rows whose Subject is not the one of Filename: Filename counts',
}

_COLUMNS = {
    'subject': ('Subject',),
    'filename': ('Filename',),
    'onset': ('OnsetF',),
    'offset': ('OffsetF',),
    'emotion': ('Emotion',),
    'first': ('FirstF',),
}
_SUBJECT_FOLDER = re.compile(r's\d+')
_VIDEO = re.compile(r's0*(?P<subject>\d+)(?P<name>_[a-z]+_\d+)', re.IGNORECASE)
_CAMERA = re.compile(r'(?:^|[_-])(HS|VIS|NIR)(?:$|[_-])')


def read_smic(
    root: str | Path,
    frame_tree: str | None = None,
    table: str | Path | None = None,
    lenient: bool = False,
    labels_only: bool = False,
) -> tuple[dict[str, Any], ReadReport]:
    """Read SMIC-E-long from the label workbook and the frames of one camera.

    Frame numbers of the table are inclusive and belong to the whole recording, of which the video begins at
    ``FirstF``: it is subtracted, whether or not the frames on disk are numbered anew. All events are ME, and
    the table gives no apex.

    Args:
        root: Folder that holds ``SMIC-HS-E_annotation.xlsx`` and ``.../s01/s1_ne_01/`` with frames, of one or
            more cameras.
        frame_tree: The camera: ``'HS'`` (100 frames per second), ``'VIS'`` or ``'NIR'`` (25); or the name of
            a frame tree. Defaults to None: the first camera that is there.
        table: The label workbook, where it is not to be searched for. Defaults to None.
        lenient: Leave out, and report, what can't be understood instead of raising. Defaults to False.
        labels_only: Read the table alone: the frames need not be there. Defaults to False.

    Returns:
        The annotations (see ``schema.py``) and the report.

    Raises:
        AnnotationError: With everything that can't be understood and all faults of the frames at once.
    """
    root, report = begin_reading(root, 'SMIC-E-long', RULES)
    tree = None
    if labels_only:
        camera = _camera_of_table(root, frame_tree, table)
    else:
        camera, tree = _find_camera(root, frame_tree)
    books = [p for p in _find_books(root) if _camera(p) == camera]
    expected = f'SMIC-{camera}-E_annotation.xlsx'
    workbook = (
        given_table(root, table) if table else only(books, root, 'label workbooks', expected, '--table')
    )
    file = relative(workbook, root)
    report.found.update(workbook=file, camera=f'{camera}, {FPS[camera]:g} fps')
    sheet = LabelSheet.find_one(workbook, file, _COLUMNS, ('filename', 'onset', 'offset', 'first'))
    events = sheet.events(lambda cells, where: _read_row(cells, where, report), report)
    if tree is None:
        listing = list_labelled(root, [event.video_id for event in events], FPS[camera])
    else:
        listing = _list_videos(root, tree, FPS[camera])
        report.found['frames'] = relative(tree, root)
    data = assemble('smic', listing, events, sheet.problems, report, lenient, metainfo={'camera': camera})
    return data, report


def _read_row(cells: dict[str, Any], where: dict[str, Any], report: ReadReport) -> LabelledEvent | None:
    filename = cell_text(cells['filename'], where, report)
    match = _VIDEO.fullmatch(filename)
    numbers = [cells[key] for key in ('onset', 'offset', 'first')]
    if match is None and not any(isinstance(cell, int | float) for cell in numbers):
        text = ' '.join(str(cell) for cell in cells.values() if cell is not None)
        report.add('note_below_table', **where, found=text, done='not read')
        return None
    if match is None:
        raise CellError('Filename', cells['filename'], 's<subject>_<emotion>_<number> such as s1_ne_01')
    onset, offset, first = (
        _number(cells[key], column)
        for key, column in (('onset', 'OnsetF'), ('offset', 'OffsetF'), ('first', 'FirstF'))
    )
    if offset < onset:
        raise CellError('OffsetF', cells['offset'], f'a frame number from the onset {onset}')
    subject = cell_text(cells.get('subject'), where, report)
    if subject and subject.lower().removeprefix('s').lstrip('0') != match['subject']:
        report.add('subject_differs', **where, found=f'{subject}, {filename}', done=_subject(match))
    return LabelledEvent(
        video_id=_video_id(match),
        onset=onset,
        apex=None,
        offset=offset,
        label=ME,
        emotion=cell_text(cells.get('emotion'), where, report),
        first_frame=first,
        where=where,
    )


def _list_videos(root: Path, tree: Path, fps: float) -> VideoListing:
    listing = VideoListing(root)
    for subject_folder in subfolders(tree):
        for folder in subfolders(subject_folder):
            match = _VIDEO.fullmatch(folder.name)
            if match is None:
                listing.ignored.append(listing.relative(folder))
            else:
                listing.add(_video_id(match), _subject(match), folder, fps)
    return listing


def _find_books(root: Path) -> list[Path]:
    return [path for path in find_tables(root, _SUBJECT_FOLDER) if 'annotation' in path.name]


def _camera_of_table(root: Path, camera: str | None, table: str | Path | None) -> str:
    """The camera that was asked for, else that of the table, else the preferred one of several tables."""
    named = [_camera(path) for path in ([given_table(root, table)] if table else _find_books(root))]
    chosen = camera or next((name for name in FPS if name in named), None)
    if chosen not in FPS:
        expected = 'HS, VIS or NIR in the name of the label workbook, or given with --frame-tree'
        raise AnnotationError(str(root), [f'camera {chosen}, expected {expected}'])
    return chosen


def _number(cell: Any, column: str) -> int:
    number = frame_number(cell, column)
    if number is None or number < 0:
        raise CellError(column, cell, 'a frame number')
    return int(number)


def _find_camera(root: Path, frame_tree: str | None) -> tuple[str, Path]:
    """Find the frames of a camera, which the path names."""
    expected = 'HS_long/SMIC-HS-E/s<number>/s<number>_<emotion>_<number>/ with frames (or VIS, NIR)'
    folders = [p for p in (root, *walk(root, _SUBJECT_FOLDER)) if p.is_dir()]
    trees = [p for p in folders if any(map(_is_subject, subfolders(p)))]
    cameras = {path: camera for path in trees if (camera := _camera(path))}
    if frame_tree is None:
        chosen = next((name for name in FPS if name in cameras.values()), None)
        trees = [path for path in trees if cameras.get(path) == chosen]
    else:
        trees = [p for p in trees if frame_tree in (cameras.get(p), p.name, relative(p, root))]
    tree = only(trees, root, 'frame trees', expected, '--frame-tree')
    if tree not in cameras:
        raise AnnotationError(str(tree), ['the path names no camera, expected HS, VIS or NIR in it'])
    return cameras[tree], tree


def _is_subject(folder: Path) -> bool:
    return bool(_SUBJECT_FOLDER.fullmatch(folder.name)) and any(
        _VIDEO.fullmatch(path.name) for path in subfolders(folder)
    )


def _camera(path: Path) -> str | None:
    """Give the camera that the last part of a path names."""
    for part in reversed(path.resolve().parts):
        if match := _CAMERA.search(part):
            return match[1]
    return None


def _subject(match: re.Match[str]) -> str:
    return f's{int(match["subject"]):02d}'


def _video_id(match: re.Match[str]) -> str:
    return _subject(match) + match['name'].lower()
