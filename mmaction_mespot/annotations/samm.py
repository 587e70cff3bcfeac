"""Reader of SAMM Long Videos: label workbook and frame tree to the common annotations."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from .assembly import ASSEMBLY_RULES, CLIPPING_RULES, assemble, begin_reading
from .cell_error import CellError
from .cells import CELL_RULES, cell_text, event_class
from .event_times import ROUNDING_RULES, TIME_RULES, event_times
from .label_sheet import LabelSheet
from .labelled_event import LabelledEvent
from .labels_only import list_labelled
from .locate import choose_tree, find_tables, given_table, only, relative, subfolders
from .read_report import ReadReport
from .video_listing import VideoListing

FPS = 200.0

RULES = {
    **ROUNDING_RULES,
    **TIME_RULES,
    **CELL_RULES,
    **ASSEMBLY_RULES,
    **CLIPPING_RULES,
    'filename_twice': 'rows with a Filename that occurs in a row above: kept, each row is an event',
    'subject_differs': 'rows whose Subject is not the one of Filename: Filename counts',
}

_SHEET = 'FACS_Movement_Only'
_COLUMNS = {
    'subject': ('Subject',),
    'filename': ('Filename',),
    'onset': ('Onset', 'Onset Frame'),
    'apex': ('Apex', 'Apex Frame'),
    'offset': ('Offset', 'Offset Frame'),
    'type': ('Type',),
    'action units': ('Action Units',),
}
_TREES = ('SAMM_longvideos', 'SAMM_longvideos_crop')
_VIDEO_FOLDER = re.compile(r'(\d{3})_\d+')
_FILENAME = re.compile(r'(?P<video>(?P<subject>\d{3})_\d+)_\d+')
_WORKBOOK = re.compile(r'SAMM_LongVideos_V(?P<version>\d+)_Release', re.IGNORECASE)


def read_samm(
    root: str | Path,
    offset_rule: str = 'apex',
    frame_tree: str | None = None,
    table: str | Path | None = None,
    lenient: bool = False,
    backward_rule: str = 'error',
    labels_only: bool = False,
) -> tuple[dict[str, Any], ReadReport]:
    """Read SAMM Long Videos from its label workbook and its frames.

    Frame numbers of the table are the numbers in the frames' names, from 1, and inclusive. Fractions are
    rounded to the nearest frame; an event that begins at 0 or runs past the last frame is clipped to the
    video, and dropped if nothing is left. The class is the table's type, never the length; a row is an event,
    also where its Filename stands twice.

    Args:
        root: Folder that holds ``SAMM_LongVideos_V<n>_Release.xlsx`` and ``SAMM_longvideos``.
        offset_rule: What ends an event without an offset (see `event_times.OFFSET_RULES`). Defaults to
            'apex'.
        frame_tree: Name of the frame tree, where there are several. Defaults to None.
        table: The label workbook; None for the newest release. Defaults to None.
        lenient: Leave out, and report, what can't be understood instead of raising. Defaults to False.
        backward_rule: What is done with an event whose offset lies before its onset (see
            `event_times.BACKWARD_RULES`). Defaults to 'error'.
        labels_only: Read the table alone: the frames need not be there. Defaults to False.

    Returns:
        The annotations (see ``schema.py``) and the report.

    Raises:
        AnnotationError: With everything that can't be understood and all faults of the frames at once.
    """
    root, report = begin_reading(root, 'SAMM Long Videos', RULES, offset_rule, backward_rule)
    workbook = given_table(root, table) if table else _find_workbook(root)
    file = relative(workbook, root)
    report.found.update(workbook=file)
    sheet = LabelSheet.find_one(
        workbook, file, _COLUMNS, ('filename', 'onset', 'apex', 'offset', 'type'), preferred=_SHEET
    )
    report.found['sheet'] = f'{sheet.sheet}, {len(sheet.rows)} rows'
    seen: set[str] = set()

    def read_row(cells: dict[str, Any], where: dict[str, Any]) -> LabelledEvent | None:
        filename = cell_text(cells['filename'], where, report)
        match = _FILENAME.fullmatch(filename)
        if match is None:
            raise CellError('Filename', cells['filename'], '<subject>_<video>_<event> such as 006_1_2')
        label = event_class(cells['type'], 'Type')
        times = event_times(cells, where, report, offset_rule, fractions=True, backward_rule=backward_rule)
        subject = cell_text(cells.get('subject'), where, report)
        if subject and subject.zfill(3) != match['subject']:
            report.add('subject_differs', **where, found=f'{subject}, {filename}', done=match['subject'])
        if filename in seen:
            report.add('filename_twice', **where, found=filename, done='kept')
        seen.add(filename)
        if times is None:
            return None
        return LabelledEvent(
            video_id=match['video'],
            **vars(times),
            label=label,
            action_units=cell_text(cells.get('action units'), where, report),
            where=where,
        )

    events = sheet.events(read_row, report)
    if labels_only:
        listing = list_labelled(root, [event.video_id for event in events], FPS)
    else:
        listing = _list_videos(root, frame_tree, report)
    data = assemble(
        'samm',
        listing,
        events,
        sheet.problems,
        report,
        lenient,
        clip_past_end=True,
        metainfo={'offset_rule': offset_rule},
    )
    return data, report


def _list_videos(root: Path, frame_tree: str | None, report: ReadReport) -> VideoListing:
    tree = choose_tree(
        root, _VIDEO_FOLDER, _is_tree, frame_tree, _TREES, 'SAMM_longvideos/<subject>_<number>/ with frames'
    )
    report.found['frames'] = relative(tree, root)
    listing = VideoListing(root)
    for folder in subfolders(tree):
        match = _VIDEO_FOLDER.fullmatch(folder.name)
        if match is None:
            listing.ignored.append(listing.relative(folder))
        else:
            listing.add(folder.name, match[1], folder, FPS, first_frame=1)
    return listing


def _find_workbook(root: Path) -> Path:
    """Find the label workbook; of several releases the newest."""
    books = [p for p in find_tables(root, _VIDEO_FOLDER) if 'longvideos' in p.name.lower().replace('_', '')]
    releases = {p: int(match['version']) for p in books if (match := _WORKBOOK.match(p.name))}
    if releases:
        books = [path for path in releases if releases[path] == max(releases.values())]
    return only(books, root, 'label workbooks', 'SAMM_LongVideos_V<n>_Release.xlsx', '--table')


def _is_tree(folder: Path) -> bool:
    return any(_VIDEO_FOLDER.fullmatch(path.name) for path in subfolders(folder))
