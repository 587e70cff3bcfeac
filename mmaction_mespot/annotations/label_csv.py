"""Labels without frames from a table kept as text, own or published, with columns by many names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from mmaction_mespot.delimited_text import MAX_LABEL_ROWS, read_table
from mmaction_mespot.intervals.detections import MAE, ME
from mmaction_mespot.intervals.length_classes import MAX_ME_LENGTH_S, label_by_length

from .annotation_error import AnnotationError
from .assembly import ASSEMBLY_RULES, CLIPPING_RULES, assemble, begin_reading
from .cell_error import CellError
from .cells import CELL_RULES, cell_text, event_class, frame_number
from .event_times import ROUNDING_RULES, TIME_RULES, event_times
from .labelled_event import LabelledEvent
from .labels_only import list_labelled
from .locate import find_tables, given_table, only, relative
from .read_report import ReadReport
from .schema import MAX_FPS, MAX_FRAMES
from .video_file import VIDEO_SUFFIXES

SUFFIXES = ('.csv', '.tsv', '.txt')

RULES = {
    **ROUNDING_RULES,
    **TIME_RULES,
    **CELL_RULES,
    **ASSEMBLY_RULES,
    **CLIPPING_RULES,
    'row_without_event': 'rows that only name a video: no event',
    'all_micro': 'events of a table with emotions and no type: ME',
    'class_by_length': f'events of a table without a type: ME up to {MAX_ME_LENGTH_S:g} s, else MaE',
}

COLUMNS: Mapping[str, tuple[str, ...]] = {
    'video': ('video', 'videoname', 'vid', 'videoid', 'filename', 'clip'),
    'subject': ('subject', 'sub', 'person'),
    'onset': ('onset', 'onsetframe', 'startframe', 'start'),
    'apex': ('apex', 'apexframe'),
    'offset': ('offset', 'offsetframe', 'endframe', 'end'),
    'type': ('type', 'expressiontype', 'class', 'label', 'typeidx'),
    'emotion': ('emotion',),
    'action units': ('actionunits', 'au', 'aus'),
    'fps': ('fps', 'framerate'),
    'frames': ('framenum', 'totalframes', 'numframes', 'framecount', 'frames'),
}
"""Titles of the columns that are read, without case and punctuation, the best first."""

_REQUIRED = ('video', 'onset', 'offset')
_BASES = ('1based', '0based', 'inname')
_TYPE_INDEX = {'1': MAE, '2': ME}
_CLASS_INDEX = {'0': MAE, '1': ME}
_ANY_DEPTH = re.compile(r'(?!)')


def read_labels(
    root: str | Path,
    offset_rule: str = 'apex',
    table: str | Path | None = None,
    fps: float | None = None,
    lenient: bool = False,
    backward_rule: str = 'error',
) -> tuple[dict[str, Any], ReadReport]:
    """Read a table of labels; its videos need not be on disk.

    Columns are found by their titles in any case: those of :func:`~.own.read_own`
    (``video,onset,apex,offset,type,subject``), of AUW-GCN and SpotFormer
    (``subject,video_name,start_frame,apex_frame,end_frame,type_idx,au``), of LGSNet
    (``subject,video,type,type_idx,startFrame,apexFrame,endFrame,frame_num,length``), and of STRS
    (``subject,video,onset,offset,emotion``). Frames count from 1 and the offset is the last one; in columns
    called ``start`` and ``end`` they count from 0 with the end behind the last one, and titles may say more
    (``onset_frame_0based``). ``type_idx`` is 1 for MaE and 2 for ME; elsewhere 0 is MaE and 1 is ME. With
    emotions and no type all are ME; with neither the length decides.

    A path as the name of a video is cut to its last part, or to as many as tell the videos apart, without the
    suffix of a video file. Where two people have a video of the same name, the ids begin with the subject.

    Args:
        root: Folder of the table.
        offset_rule: What ends an event without an offset (see `event_times.OFFSET_RULES`). Defaults to
            'apex'.
        table: The table; None for the one that there is. Defaults to None.
        fps: Frames per second of all videos. Defaults to None: the table must have a column of it.
        lenient: Leave out, and report, what can't be understood instead of raising. Defaults to False.
        backward_rule: What is done with an event whose offset lies before its onset (see
            `event_times.BACKWARD_RULES`). Defaults to 'error'.

    Returns:
        The annotations (see ``schema.py``), ``metainfo.labels_only`` set, and the report.

    Raises:
        AnnotationError: With everything that can't be understood at once.
    """
    root, report = begin_reading(root, 'labels', RULES, offset_rule, backward_rule, fps)
    if table is None:
        tables = find_tables(root, _ANY_DEPTH, SUFFIXES)
        path = only(tables, root, 'label tables', 'a CSV with the columns video,onset,offset,type', '--table')
    else:
        path = given_table(root, table)
    read = _LabelCsv(path, relative(path, root), fps, report)
    rows = read.rows()
    read.name_videos(rows)
    events = []
    for row in rows:
        try:
            event = read.event(row, offset_rule, backward_rule)
        except CellError as error:
            read.problems.append(f'{read.file}, row {row.number}, {error}')
            continue
        if event is not None:
            events.append(event)
    report.found.update(table=read.file, frames=read.counting())
    people = {row.video_id: row.subject or row.video_id for row in rows}
    listing = list_labelled(root, people, read.rates, people.__getitem__, read.totals)
    metainfo = {'offset_rule': offset_rule}
    data = assemble('labels', listing, events, read.problems, report, lenient, True, metainfo)
    return data, report


@dataclass
class _Row:
    """A row whose video is known."""

    number: int
    cells: dict[str, str]
    subject: str
    parts: tuple[str, ...]
    video_id: str = ''


@dataclass
class _LabelCsv:
    """A table while it is read."""

    path: Path
    file: str
    fps: float | None
    report: ReadReport
    titles: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    rates: dict[str, float] = field(default_factory=dict)
    totals: dict[str, int] = field(default_factory=dict)

    def rows(self) -> list[_Row]:
        """All rows that name a video."""
        found = []
        table = read_table(self.path, (), self._error, max_rows=MAX_LABEL_ROWS)
        for number, cells in table:
            if not self.titles:
                self.titles = self._find_titles(list(cells))
            values = {key: cells[title] for key, title in self.titles.items()}
            parts = PurePosixPath(values['video'].replace('\\', '/')).parts
            parts = tuple(part for part in parts if part.strip('/') not in ('', '.', '..'))
            if parts and PurePosixPath(parts[-1]).suffix.lower() in VIDEO_SUFFIXES:
                parts = (*parts[:-1], PurePosixPath(parts[-1]).stem)
            if not parts:
                self.problems.append(
                    f'{self.file}, row {number}, column {self.titles["video"]}: the name of a '
                    f'video expected, found {values["video"]!r}'
                )
                continue
            found.append(_Row(number, values, values.get('subject', ''), parts))
        if not found and not self.problems:
            raise self._error('no row of labels, expected at least one')
        return found

    def name_videos(self, rows: list[_Row]) -> None:
        """Give each row the id of its video, and each video its frame rate and number of frames."""
        paths = {row.parts for row in rows}
        deepest = max((len(path) for path in paths), default=1)
        depth = next((n for n in range(1, deepest) if len({p[-n:] for p in paths}) == len(paths)), deepest)
        people: dict[str, set[str]] = {}
        for row in rows:
            row.video_id = '_'.join(row.parts[-depth:])
            people.setdefault(row.video_id, set()).add(row.subject)
        several = any(len(names) > 1 for names in people.values())
        for row in rows:
            if several:
                row.video_id = '_'.join(filter(None, (row.subject, row.video_id)))
            self._note_number(row, 'fps', self.rates, MAX_FPS)
            self._note_number(row, 'frames', self.totals, MAX_FRAMES)
        for row in rows:
            if row.video_id not in self.rates:
                if self.fps is None:
                    raise self._error('no frame rate, expected a column fps or one given with --fps')
                self.rates[row.video_id] = self.fps
        if deepest > 1:
            parts = f'last {depth} parts' if depth > 1 else 'last part'
            self.report.found['video names'] = f'{parts} of the paths in column {self.titles["video"]}'
        if several:
            self.report.found['video ids'] = 'subject and video, since people share names of videos'

    def event(self, row: _Row, offset_rule: str, backward_rule: str) -> LabelledEvent | None:
        """The event of a row; None if it has none, or a rule drops it."""
        where: dict[str, Any] = dict(file=self.file, row=row.number)
        cells: dict[str, Any] = {key: row.cells.get(key) or None for key in COLUMNS}
        if all(cells[key] is None for key in ('onset', 'apex', 'offset')):
            self.report.add('row_without_event', **where, found=row.video_id, done='no event')
            return None
        if 'apex' not in self.titles:
            del cells['apex']
        for key in ('onset', 'apex', 'offset'):
            if cells.get(key) is not None:
                cells[key] = self._from_1(key, cells[key])
        times = event_times(cells, where, self.report, offset_rule, 0, True, backward_rule)
        label = self._label(cells, where)
        if times is None:
            return None
        if label is None:
            span = np.array([[times.onset, times.offset + 1]], dtype=np.float64)
            label = int(label_by_length(span, self.rates[row.video_id])[0])
            self.report.add('class_by_length', **where, found='no type', done=('MaE', 'ME')[label])
        return LabelledEvent(
            video_id=row.video_id,
            **vars(times),
            label=label,
            emotion=cell_text(cells['emotion'], where, self.report),
            action_units=cell_text(cells['action units'], where, self.report),
            where=where,
        )

    def counting(self) -> str:
        """How the table counts frames, in words."""
        first = 1 - self._shift('onset')
        end = 'one past the last frame' if self._is_half_open() else 'the last frame'
        return f'counted from {first}, the end is {end}'

    def _find_titles(self, header: list[str]) -> dict[str, str]:
        plain: dict[str, str] = {}
        for title in header:
            plain.setdefault(_plain(title), title)
        titles = {
            key: next((plain[n + base] for n in names for base in ('', *_BASES) if n + base in plain), '')
            for key, names in COLUMNS.items()
        }
        missing = [key for key in _REQUIRED if not titles[key]]
        if missing:
            raise self._error(f'columns for {", ".join(missing)} expected, found {header}')
        return {key: title for key, title in titles.items() if title}

    def _note_number(self, row: _Row, key: str, known: dict[str, Any], most: int) -> None:
        """Note what a row says of its video: above 0, at most ``most``, and the same as in the rows above."""
        text = row.cells.get(key)
        if not text:
            return
        try:
            value = frame_number(text, self.titles[key], whole=key == 'frames') or 0
        except CellError:
            value = 0
        if not 0 < value <= most:
            wanted = f'a {"whole " if key == "frames" else ""}number from 0 to {most}'
        elif known.setdefault(row.video_id, int(value) if key == 'frames' else value) != value:
            wanted = f'{known[row.video_id]:g}, as in a row above'
        else:
            return
        place = f'{self.file}, row {row.number}, column {self.titles[key]}'
        self.problems.append(f'{place}: found {text!r}, expected {wanted}')

    def _label(self, cells: Mapping[str, Any], where: dict[str, Any]) -> int | None:
        if 'type' not in self.titles:
            if 'emotion' not in self.titles:
                return None
            self.report.add('all_micro', **where, found='no type', done='ME')
            return ME
        title, text = self.titles['type'], cells['type']
        index = _TYPE_INDEX if _plain(title) == 'typeidx' else _CLASS_INDEX
        if text in index:
            return index[text]
        if _plain(title) == 'typeidx':
            raise CellError(title, text, '1 (MaE) or 2 (ME)')
        return event_class(text, title)

    def _from_1(self, key: str, text: str) -> float | None:
        """A frame number, counted from 1, the offset being the last frame."""
        number = frame_number(text, self.titles[key], whole=False)
        shift = 0 if key == 'offset' and self._is_half_open() else self._shift(key)
        # 0 and -1 for what is unknown are no frame numbers.
        return number if number is None or (key != 'onset' and number <= 0 and not shift) else number + shift

    def _shift(self, key: str) -> int:
        return int(self._is_half_open() or _plain(self.titles[key]).endswith('0based'))

    def _is_half_open(self) -> bool:
        return _plain(self.titles['onset']) == 'start' and _plain(self.titles['offset']) == 'end'

    def _error(self, reason: str) -> AnnotationError:
        return AnnotationError(str(self.path), [reason])


def _plain(title: str) -> str:
    return re.sub(r'[^a-z0-9]+', '', title.lower())
