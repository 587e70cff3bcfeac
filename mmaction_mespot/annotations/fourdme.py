"""Reader of 4DME: label workbook and grey long videos to the common annotations."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

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

FPS = 60.0

RULES = {
    **TIME_RULES,
    **CELL_RULES,
    **ASSEMBLY_RULES,
    'class_by_sheet': 'events of a sheet without a type: class by the name of the sheet',
}

_COLUMNS = {
    'subject': ('Subject', 'Sub', 'Subject ID', 'Participant'),
    'filename': ('Filename', 'File', 'Video', 'Video name', 'Clip', 'Clip name'),
    'onset': ('Onset', 'Onset frame', 'OnsetF'),
    'apex': ('Apex', 'Apex frame', 'ApexF'),
    'offset': ('Offset', 'Offset frame', 'OffsetF'),
    'type': ('Type', 'Expression type', 'Expression'),
    'action units': ('AU', 'AUs', 'Action Units'),
    'emotion': ('Emotion', 'Emotion label', 'Objective class'),
}
_TREES = ('long gray video', 'long_gray_video')
_FRAME = re.compile(r'Frame_\d+\.(jpe?g|png|bmp)', re.IGNORECASE)
_VIDEO_FOLDER = re.compile(r'(?!)')


def read_fourdme(
    root: str | Path,
    offset_rule: str = 'apex',
    frame_tree: str | None = None,
    table: str | Path | None = None,
    lenient: bool = False,
    backward_rule: str = 'error',
    labels_only: bool = False,
) -> tuple[dict[str, Any], ReadReport]:
    """Read 4DME from its label workbook and the frames of its grey long videos.

    Frame numbers of the table are the numbers in the frames' names (``Frame_000001826.jpg``), and inclusive.
    Subjects and videos of the table are matched to the folders without regard to case and leading zeros.

    Args:
        root: Folder that holds ``Micro and Macro-expression labels.xlsx`` and
            ``long gray video/<subject>/<video>/`` with frames.
        offset_rule: What ends an event without an offset (see `event_times.OFFSET_RULES`). Defaults to
            'apex'.
        frame_tree: Name of the folder that holds the subjects, where there are several. Defaults to None.
        table: The label workbook, where it is not to be searched for. Defaults to None.
        lenient: Leave out, and report, what can't be understood instead of raising. Defaults to False.
        backward_rule: What is done with an event whose offset lies before its onset (see
            `event_times.BACKWARD_RULES`). Defaults to 'error'.
        labels_only: Read the table alone: the frames need not be there. Defaults to False.

    Returns:
        The annotations (see ``schema.py``) and the report.

    Raises:
        AnnotationError: With everything that can't be understood and all faults of the frames at once.
    """
    root, report = begin_reading(root, '4DME', RULES, offset_rule, backward_rule)
    expected = 'Micro and Macro-expression labels.xlsx'
    books = [p for p in find_tables(root, _VIDEO_FOLDER) if re.search(r'expression.*label', p.name.lower())]
    workbook = (
        given_table(root, table) if table else only(books, root, 'label workbooks', expected, '--table')
    )
    file = relative(workbook, root)
    report.found.update(workbook=file)
    sheets = LabelSheet.find(workbook, file, _COLUMNS, ('subject', 'filename', 'onset', 'offset'))
    report.found['sheets'] = ', '.join(f'{sheet.sheet} ({len(sheet.rows)} rows)' for sheet in sheets)
    listing, names = VideoListing(root), {}
    if not labels_only:
        tree = choose_tree(
            root,
            _VIDEO_FOLDER,
            _is_tree,
            frame_tree,
            _TREES,
            'long gray video/<subject>/<video>/Frame_<number>.jpg',
        )
        report.found['frames'] = relative(tree, root)
        for subject_folder in subfolders(tree):
            for folder in subfolders(subject_folder):
                video_id = f'{subject_folder.name}_{folder.name}'
                names[_plain(subject_folder.name), _plain(folder.name)] = video_id
                listing.add(video_id, subject_folder.name, folder, FPS)
    people: dict[str, str] = {}
    events: list[LabelledEvent] = []
    problems: list[str] = []
    for sheet in sheets:
        kind = None if 'type' in sheet.columns else _class_of_sheet(workbook, sheet.sheet)

        def read_row(
            cells: dict[str, Any], where: dict[str, Any], kind: int | None = kind
        ) -> LabelledEvent | None:
            if labels_only:
                subject, video = (cell_text(cells[key], where, report) for key in ('subject', 'filename'))
                names.setdefault((_plain(subject), _plain(video)), f'{subject}_{video}')
            event = _read_row(cells, where, kind, names, offset_rule, report, backward_rule)
            if event is not None:
                people[event.video_id] = cell_text(cells['subject'], where, report)
            return event

        events += sheet.events(read_row, report)
        problems += sheet.problems
    if labels_only:
        listing = list_labelled(root, people, FPS, people.__getitem__)
    data = assemble(
        'fourdme', listing, events, problems, report, lenient, metainfo={'offset_rule': offset_rule}
    )
    return data, report


def _read_row(
    cells: dict[str, Any],
    where: dict[str, Any],
    kind: int | None,
    names: dict[tuple[str, str], str],
    offset_rule: str,
    report: ReadReport,
    backward_rule: str,
) -> LabelledEvent | None:
    subject, filename = (cell_text(cells[name], where, report) for name in ('subject', 'filename'))
    for column, text in (('subject', subject), ('filename', filename)):
        if not text:
            raise CellError(column, cells[column], 'the name of a folder')
    label = event_class(cells['type'], 'type') if kind is None else kind
    times = event_times(cells, where, report, offset_rule, backward_rule=backward_rule)
    if times is None:
        return None
    if kind is not None:
        report.add('class_by_sheet', **where, found=where['sheet'], done=('MaE', 'ME')[kind])
    return LabelledEvent(
        video_id=names.get((_plain(subject), _plain(filename)), f'{subject}_{filename}'),
        **vars(times),
        label=label,
        emotion=cell_text(cells.get('emotion'), where, report),
        action_units=cell_text(cells.get('action units'), where, report),
        where=where,
    )


def _class_of_sheet(workbook: Path, sheet: str) -> int:
    try:
        return event_class(sheet, 'type')
    except CellError as error:
        raise AnnotationError(
            str(workbook),
            [f'sheet {sheet}: no column with the type, and its name is not Micro... or Macro...'],
        ) from error


def _plain(name: str) -> str:
    """Give a name in small letters, its numbers without leading zeros."""
    return re.sub(r'\d+', lambda number: str(int(number[0])), name.lower())


def _is_tree(folder: Path) -> bool:
    return any(_holds_frames(video) for subject in subfolders(folder) for video in subfolders(subject))


def _holds_frames(folder: Path) -> bool:
    return any(_FRAME.fullmatch(path.name) for path in folder.iterdir())
