"""Reader of CAS(ME)^3 part A: label tables and frame tree to the common annotations."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from mmaction_mespot.intervals.detections import MAE, ME

from .annotation_error import AnnotationError
from .assembly import ASSEMBLY_RULES, assemble, begin_reading
from .cell_error import CellError
from .cells import CELL_RULES, cell_text, event_class
from .event_times import TIME_RULES, event_times
from .label_sheet import LabelSheet
from .labelled_event import LabelledEvent
from .labels_only import list_labelled
from .locate import choose_tree, find_tables, given_table, only, relative, subfolders
from .read_report import ReadReport
from .video_listing import VideoListing

FPS = 30.0

RULES = {
    **TIME_RULES,
    **CELL_RULES,
    **ASSEMBLY_RULES,
    'class_by_table': 'events of a table without Expression type: class by the name of the table',
    'filename_case': 'Filenames in capitals: small letters, as the folders have',
}

_COLUMNS = {
    'subject': ('Subject', 'sub'),
    'filename': ('Filename', 'seq'),
    'onset': ('Onset',),
    'apex': ('Apex',),
    'offset': ('Offset',),
    'action units': ('AU',),
    'type': ('Expression type',),
    'emotion': ('emotion',),
}
_REQUIRED = ('subject', 'filename', 'onset', 'apex', 'offset')
_TREES = ('part_A',)
_SUBJECT_FOLDER = re.compile(r'spNO\.\d+')
_COMBINED = re.compile(r'cas\(me\)\^?3_part_A_v(?P<version>\d+)', re.IGNORECASE)
_SINGLE_CLASS = re.compile(r'part_A_(?P<kind>ME|MaE)_label', re.IGNORECASE)


def read_casme3(
    root: str | Path,
    offset_rule: str = 'apex',
    frame_tree: str | None = None,
    table: str | Path | None = None,
    lenient: bool = False,
    sheet: str | None = None,
    backward_rule: str = 'drop',
    labels_only: bool = False,
) -> tuple[dict[str, Any], ReadReport]:
    """Read part A of CAS(ME)^3 from its label tables and its frames.

    Frame numbers of the table are the numbers in the frames' names, and inclusive; the first frame's number
    differs from video to video (not always 1), so the reader counts from it.

    Args:
        root: Folder that holds ``CAS(ME)3_part_A_v<n>.xls`` and ``spNO.<n>/<letter>/color``. Without that
            table, the pair ``cas(me)3_part_A_ME_label...`` and ``cas(me)3_part_A_MaE_label...`` is read.
        offset_rule: What ends an event without an offset (see `event_times.OFFSET_RULES`). Defaults to
            'apex'.
        frame_tree: Name of the folder that holds the ``spNO.<n>``, where there are several. Defaults to None.
        table: The label table; None for the newest of both classes. Defaults to None.
        lenient: Leave out, and report, what can't be understood instead of raising. Defaults to False.
        sheet: Sheet of the labels, where several fit. Defaults to None: the one with most of the columns.
        backward_rule: What is done with an event whose offset lies before its onset (see
            `event_times.BACKWARD_RULES`). Defaults to 'drop'.
        labels_only: Read the table alone: the frames need not be there. Defaults to False.

    Returns:
        The annotations (see ``schema.py``) and the report.

    Raises:
        AnnotationError: With everything that can't be understood and all faults of the frames at once.
    """
    root, report = begin_reading(root, 'CAS(ME)^3', RULES, offset_rule, backward_rule)
    tables = [given_table(root, table)] if table else _find_labels(root)
    report.found['tables'] = ', '.join(relative(path, root) for path in tables)
    events: list[LabelledEvent] = []
    problems: list[str] = []
    for path in tables:
        labels = LabelSheet.find_one(path, relative(path, root), _COLUMNS, _REQUIRED, sheet)
        if sheet is not None and labels.sheet != sheet:
            raise AnnotationError(str(path), [f'sheet {sheet!r} expected, labels found in {labels.sheet!r}'])
        kind = None if 'type' in labels.columns else _class_of_table(path)

        def read_row(
            cells: dict[str, Any], where: dict[str, Any], kind: int | None = kind
        ) -> LabelledEvent | None:
            return _read_row(cells, where, kind, offset_rule, report, backward_rule)

        events += labels.events(read_row, report)
        problems += labels.problems
    if labels_only:
        ids = [event.video_id for event in events]
        listing = list_labelled(root, ids, FPS, lambda video_id: video_id.rpartition('_')[0])
    else:
        tree = choose_tree(
            root, _SUBJECT_FOLDER, _is_tree, frame_tree, _TREES, 'spNO.<n>/<letter>/color/ with frames'
        )
        report.found['frames'] = relative(tree, root)
        listing = _list_videos(root, tree)
    data = assemble(
        'casme3', listing, events, problems, report, lenient, metainfo={'offset_rule': offset_rule}
    )
    return data, report


def _read_row(
    cells: dict[str, Any],
    where: dict[str, Any],
    kind: int | None,
    offset_rule: str,
    report: ReadReport,
    backward_rule: str,
) -> LabelledEvent | None:
    subject, filename = (cell_text(cells[name], where, report) for name in ('subject', 'filename'))
    if not _SUBJECT_FOLDER.fullmatch(subject):
        raise CellError('Subject', cells['subject'], 'spNO.<number>')
    if not re.fullmatch(r'[A-Za-z]+\d*', filename):
        raise CellError('Filename', cells['filename'], 'the letter of a video')
    label = event_class(cells['type'], 'Expression type') if kind is None else kind
    times = event_times(cells, where, report, offset_rule, backward_rule=backward_rule)
    if filename != filename.lower():
        report.add('filename_case', **where, found=filename, done=filename.lower())
    if times is None:
        return None
    if kind is not None:
        report.add('class_by_table', **where, found='no Expression type', done='MaE' if kind == MAE else 'ME')
    return LabelledEvent(
        video_id=f'{subject}_{filename.lower()}',
        **vars(times),
        label=label,
        emotion=cell_text(cells.get('emotion'), where, report),
        action_units=cell_text(cells.get('action units'), where, report),
        where=where,
    )


def _find_labels(root: Path) -> list[Path]:
    """Find the newest table of both classes, or else the tables of one class each."""
    tables = find_tables(root, _SUBJECT_FOLDER)
    combined = {p: int(match['version']) for p in tables if (match := _COMBINED.match(p.name))}
    singles = [path for path in tables if _SINGLE_CLASS.search(path.name)]
    expected = 'CAS(ME)3_part_A_v<n>.xls, or the tables of ME and of MaE'
    if combined or not singles:
        newest = [path for path in combined if combined[path] == max(combined.values())]
        return [only(newest, root, 'label tables', expected, '--table')]
    found = [
        only(named, root, f'label tables of {name}', expected, '--table')
        for name, kind in (('MaE', MAE), ('ME', ME))
        if (named := [path for path in singles if _class_of_table(path) == kind])
    ]
    return found


def _class_of_table(path: Path) -> int:
    match = _SINGLE_CLASS.search(path.name)
    if match is None:
        raise AnnotationError(
            str(path),
            ['no column Expression type, and the name says neither part_A_ME_label nor part_A_MaE_label'],
        )
    return ME if match['kind'].lower() == 'me' else MAE


def _list_videos(root: Path, tree: Path) -> VideoListing:
    listing = VideoListing(root)
    for subject_folder in subfolders(tree):
        if not _SUBJECT_FOLDER.fullmatch(subject_folder.name):
            listing.ignored.append(listing.relative(subject_folder))
            continue
        subject = subject_folder.name
        for folder in subfolders(subject_folder):
            if not (folder / 'color').is_dir():
                listing.ignored.append(listing.relative(folder))
                continue
            listing.add(f'{subject}_{folder.name.lower()}', subject, folder / 'color', FPS)
    return listing


def _is_tree(folder: Path) -> bool:
    return any(_SUBJECT_FOLDER.fullmatch(path.name) for path in subfolders(folder))
