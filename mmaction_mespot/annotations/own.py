"""Reader of anybody's own videos: a plain CSV of events beside video files or folders of frames."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import Any

from mmaction_mespot.contained import folder_name
from mmaction_mespot.delimited_text import MAX_LABEL_ROWS, read_table

from .annotation_error import AnnotationError
from .assembly import ASSEMBLY_RULES, assemble, begin_reading
from .casme2_layout import present_splits, read_splits
from .cell_error import CellError
from .cells import CELL_RULES, cell_text, event_class
from .event_times import TIME_RULES, event_times
from .frame_folder import FrameFolder
from .label_csv import read_labels
from .label_sheet import LabelSheet
from .labelled_event import LabelledEvent
from .locate import find_tables, given_table, only, relative, walk
from .read_report import ReadReport
from .video_file import VideoFile
from .video_listing import VideoListing
from .workbook import Row

RULES = {
    **TIME_RULES,
    **CELL_RULES,
    **ASSEMBLY_RULES,
    'output_folder': 'folders of results or prepared data: no videos',
    'subject_spelling': 'subjects that differ by upper and lower case alone: one person',
    'split_subject_absent': 'subjects of splits.json without videos: left out of the split',
    'row_without_event': 'rows that only name a video: no event, but its subject counts',
}

COLUMNS = ('video', 'onset', 'apex', 'offset', 'type')
"""Columns of the table; ``subject`` may follow."""

_ANY_DEPTH = re.compile(r'(?!)')
_OUTPUTS = ('intervals.json', 'manifest.json')
_UNUSABLE = re.compile(r'[/\\]+')


def read_own(
    root: str | Path,
    offset_rule: str = 'apex',
    table: str | Path | None = None,
    fps: float | None = None,
    lenient: bool = False,
    backward_rule: str = 'error',
    labels_only: bool = False,
) -> tuple[dict[str, Any], ReadReport]:
    """Read a CSV with the columns ``video,onset,apex,offset,type[,subject]`` and the videos beside it.

    A video is a file or a folder of numbered frames below the root, named in the table by its path, with or
    without the suffix, or by its last part. Frame numbers are inclusive: those in the frames' names, or from
    1 in a video file; a title may say so (``onset_frame_in_name``, ``onset_frame_1based``). The type is
    ``MaE`` or ``ME`` (or macro, micro). A row that only names a video, and its subject, says that it has no
    event. Without a subject each video is a person of its own. An optional ``splits.json``
    (``{"part": ..., "splits": {name: [subjects]}}``) names the people of train, val and test.

    Args:
        root: Folder that holds the table and the videos.
        offset_rule: What ends an event without an offset (see `event_times.OFFSET_RULES`). Defaults to
            'apex'.
        table: The table; None for the one CSV there is. Defaults to None.
        fps: Frames per second of all videos. Defaults to None: what a video file says; folders of frames say
            nothing and need it.
        lenient: Leave out, and report, what can't be understood instead of raising. Defaults to False.
        backward_rule: What is done with an event whose offset lies before its onset (see
            `event_times.BACKWARD_RULES`). Defaults to 'error'.
        labels_only: Read the table alone: the frames need not be there. Defaults to False.

    Returns:
        The annotations (see ``schema.py``) and the report.

    Raises:
        AnnotationError: With everything that can't be understood and all faults of the videos at once.
    """
    root, report = begin_reading(root, 'own', RULES, offset_rule, backward_rule, fps)
    if labels_only:
        return read_labels(root, offset_rule, table or _find_csv(root), fps, lenient, backward_rule)
    path = given_table(root, table) if table else _find_csv(root)
    sheet = _read_csv(path, relative(path, root))
    outputs: list[Path] = []
    videos = []
    for place in walk(root, _ANY_DEPTH):
        if outputs and place.is_relative_to(outputs[-1]):
            continue
        if place.is_dir() and _is_output(place):
            outputs.append(place)
            report.add('output_folder', file=relative(place, root), found='results', done='not read')
        elif _is_video(place):
            videos.append(place)
    report.found.update(table=sheet.file, videos=f'{len(videos)} below {root}')
    ids = [(_video_id(path, root), path) for path in videos]
    names = _names(ids, root)
    subjects: dict[str, str] = {}
    spellings: dict[str, str] = {}

    def read_row(cells: dict[str, Any], where: dict[str, Any]) -> LabelledEvent | None:
        name = cell_text(cells['video'], where, report)
        if name[:1] == "'" and _key(name) not in names:  # as the viewer's table escapes a name like a formula
            name = name[1:]
        matches = names.get(_key(name.replace('\\', '/')), [])
        if len(matches) > 1:
            raise CellError('video', name, f'a path that only one of {", ".join(matches)} has')
        if not name:
            raise CellError('video', cells['video'], 'the name of a video')
        video_id = matches[0] if matches else name
        subject = cell_text(cells.get('subject'), where, report)
        if subject:
            known = spellings.setdefault(_key(subject).casefold(), subject)
            if known != subject:
                report.add('subject_spelling', **where, found=subject, done=known)
            subject = known
        if subject and subjects.setdefault(video_id, subject) != subject:
            raise CellError('subject', subject, f'{subjects[video_id]}, as in a row above')
        if matches and all(cells[key] is None for key in COLUMNS[1:]):
            report.add('row_without_event', **where, found=name, done='no event')
            return None
        label = event_class(cells['type'], 'type')
        times = event_times(cells, where, report, offset_rule, backward_rule=backward_rule)
        if times is None:
            return None
        return LabelledEvent(video_id=video_id, **vars(times), label=label, where=where)

    events = sheet.events(read_row, report)
    listing = VideoListing(root)
    for video_id, path in ids:
        listing.add(video_id, subjects.get(video_id, video_id), path, fps)
    splits = read_splits(root)
    metainfo: dict[str, Any] = {'offset_rule': offset_rule}
    if 'part' in splits:
        metainfo['part'] = splits['part']
    if 'splits' in splits:
        people = {subjects.get(video_id, video_id) for video_id, _ in ids}
        metainfo['splits'] = present_splits(splits['splits'], people, report)
    data = assemble('own', listing, events, sheet.problems, report, lenient, metainfo=metainfo)
    return data, report


def _find_csv(root: Path) -> Path:
    """Find the one CSV, or the one that begins with a column `video` (a report may lie beside it)."""
    tables = find_tables(root, _ANY_DEPTH, ('.csv',))
    if len(tables) > 1:
        titled = [path for path in tables if path.read_bytes().lstrip(b'\xef\xbb\xbf"').startswith(b'video')]
        tables = titled or tables
    return only(tables, root, 'label tables', f'a CSV with the columns {",".join(COLUMNS)}', '--table')


def _read_csv(path: Path, file: str) -> LabelSheet:
    """Read the table; the header is row 1."""
    table = list(
        read_table(
            path,
            COLUMNS,
            lambda reason: AnnotationError(str(path), [reason]),
            lower=True,
            rename=_plain_title,
            max_rows=MAX_LABEL_ROWS,
        )
    )
    keys = [key for key in (*COLUMNS, 'subject') if not table or key in table[0][1]]
    columns = {key: index for index, key in enumerate(keys)}
    rows = [Row(number, [cells[key] or None for key in keys]) for number, cells in table]
    filled = [row for row in rows if any(cell is not None for cell in row.cells)]
    return LabelSheet(file, '', columns, filled)


def _plain_title(cell: str) -> str:
    """Name of a column, without the base of its frames where that is the one expected here."""
    return re.sub(r'^(onset|apex|offset)_frame_(1based|in_name)$', r'\1', cell)


def _is_video(path: Path) -> bool:
    return VideoFile.looks_like(path) if path.is_file() else FrameFolder.looks_like(path)


def _is_output(path: Path) -> bool:
    """Whether a folder holds what this package wrote: results of a video, or a prepared data set."""
    return any((path / name).is_file() for name in _OUTPUTS)


def _video_id(path: Path, root: Path) -> str:
    """Give the path below the root without the suffix of a file, its parts joined by an underscore."""
    name = relative(path, root) if path.is_dir() else relative(path.with_suffix(''), root)
    return folder_name(_UNUSABLE.sub('_', _key(name)), 'video')


def _key(name: str) -> str:
    """Give a name composed (NFC): file systems and tables write the same letters differently."""
    return unicodedata.normalize('NFC', name)


def _names(ids: list[tuple[str, Path]], root: Path) -> dict[str, list[str]]:
    """Give the videos that a name in the table may mean: path, last part, each with or without the suffix."""
    names: dict[str, list[str]] = {}
    for video_id, path in ids:
        stem = path if path.is_dir() else path.with_suffix('')
        spelled = (relative(path, root), relative(stem, root), path.name, stem.name, video_id)
        for name in set(map(_key, spelled)):
            names.setdefault(name, []).append(video_id)
    return names
