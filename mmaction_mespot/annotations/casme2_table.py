"""The label workbook of CAS(ME)^2, row by row, with a named rule for each of its quirks."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mmaction_mespot.intervals.detections import MAE, ME

from .annotation_error import AnnotationError
from .read_report import ReadReport
from .workbook import Row, read_workbook

OFFSET_RULES = {
    'apex': 'offset = apex',
    'apex+20': 'offset = apex + 20',
    'mirror': 'offset = 2 apex - onset',
    'drop': 'dropped',
}
"""What may be done with an event whose offset is 0, by the name of the rule."""

TABLE_RULES = {
    **{f'offset_missing_{rule}': f'events without offset: {text}' for rule, text in OFFSET_RULES.items()},
    'offset_and_apex_missing': 'events with neither offset nor apex: the onset frame alone',
    'apex_missing': 'events with apex 0: apex unknown',
    'apex_after_offset': 'events with offset < apex: interval kept, apex left out',
    'apex_before_onset': 'events with apex < onset: interval kept, apex left out',
    'emotion_spelling': 'emotions respelt',
    'blanks_stripped': 'cells with blanks at their ends: stripped',
    'code_as_number': 'video codes stored as numbers: leading zero restored',
    'not_understood': 'rows or videos not understood: left out',
}

_COLUMNS = ('subject', 'video', 'onset', 'apex', 'offset', 'action units', 'emotion', 'type', 'self-report')
_TYPES = {'macro-expression': MAE, 'micro-expression': ME}
_SPELLING = {'happyiness': 'happiness'}


class _CellError(ValueError):
    """A cell that can't be understood."""

    def __init__(self, column: str, found: Any, expected: str) -> None:
        super().__init__(f'column {column}: found {found!r}, expected {expected}')


@dataclass
class LabelledEvent:
    """One row of the label sheet; frame numbers count from 1 and are inclusive.

    Attributes:
        video_id: ``<subject folder>_<4-digit code>``.
        onset, apex, offset: Frame numbers; the apex is None where the table gives none.
        offset_filled: Whether a rule gave the offset.
        label: Class by the table's type (0 MaE, 1 ME).
        emotion, action_units: Texts of the table, empty where it has none.
        where: File, sheet and row.
    """

    video_id: str
    onset: int
    apex: int | None
    offset: int
    offset_filled: bool
    label: int
    emotion: str
    action_units: str
    where: dict[str, Any]

    @property
    def place(self) -> str:
        """File, sheet and row for a message."""
        return f'{self.where["file"]}, sheet {self.where["sheet"]}, row {self.where["row"]}'

    def instance(self) -> dict[str, Any]:
        """Give the event as an instance of the common annotations."""
        instance: dict[str, Any] = {'segment': [self.onset - 1, self.offset], 'label': self.label}
        if self.apex is not None:
            instance['apex'] = self.apex - 1
        if self.emotion:
            instance['emotion'] = self.emotion
        if self.action_units:
            instance['action_units'] = self.action_units
        instance['source'] = {'file': self.where['file'], 'row': self.where['row']}
        return instance


@dataclass
class LabelTable:
    """All events of a workbook, and what could not be understood."""

    file: str
    offset_rule: str
    report: ReadReport
    events: list[LabelledEvent] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, path: Path, file: str, offset_rule: str, report: ReadReport) -> LabelTable:
        """Read a workbook.

        Args:
            path: The workbook.
            file: Its name for messages.
            offset_rule: A key of `OFFSET_RULES`.
            report: Takes the applied rules.

        Raises:
            AnnotationError: If it is no workbook or lacks a sheet.
        """
        sheets = read_workbook(path)
        by_name = {name.strip().lower(): name for name in sheets}
        missing = [name for name in ('naming rule1', 'naming rule2') if name not in by_name]
        if missing or len(sheets) < 3:
            raise AnnotationError(
                str(path), [f'sheets {list(sheets)}, expected the labels, naming rule1 and naming rule2']
            )
        table = cls(file, offset_rule, report)
        subjects = table._naming(by_name['naming rule1'], sheets[by_name['naming rule1']], key=2, value=1)
        codes = table._naming(by_name['naming rule2'], sheets[by_name['naming rule2']], key=1, value=0)
        labels = next(
            name for name in sheets if name not in (by_name['naming rule1'], by_name['naming rule2'])
        )
        for row in sheets[labels]:
            where = dict(file=file, sheet=labels, row=row.number)
            try:
                event = table._event(row, where, subjects, codes)
            except _CellError as error:
                table.problems.append(f'{file}, sheet {labels}, row {row.number}, {error}')
                continue
            if event is not None:
                table.events.append(event)
        return table

    def _naming(self, sheet: str, rows: list[Row], key: int, value: int) -> dict[str, str]:
        """Read a sheet of names; the same pair may stand in many rows, but not two values for a key."""
        names: dict[str, str] = {}
        for row in rows:
            where: dict[str, Any] = dict(file=self.file, sheet=sheet, row=row.number)
            cells = [*row.cells, *[None] * (max(key, value) + 1 - len(row.cells))]
            name, text = self._text(cells[key], where), self._text(cells[value], where)
            if value == 0 and re.fullmatch(r'\d{1,3}', text):
                self.report.add('code_as_number', **where, found=text, done=text.zfill(4))
                text = text.zfill(4)
            if not name or not text:
                self.problems.append(
                    f'{self.file}, sheet {sheet}, row {row.number}: found {row.cells}, expected names'
                )
            elif names.setdefault(name, text) != text:
                self.problems.append(
                    f'{self.file}, sheet {sheet}, row {row.number}: {name} is {text}, but {names[name]} above'
                )
        return names

    def _event(
        self, row: Row, where: dict[str, Any], subjects: dict[str, str], codes: dict[str, str]
    ) -> LabelledEvent | None:
        """Read a row; None if the offset rule drops it."""
        cells = dict(zip(_COLUMNS, [*row.cells, *[None] * len(_COLUMNS)], strict=False))
        texts = {name: self._text(cells[name], where) for name in ('subject', 'video', 'emotion', 'type')}
        if texts['subject'] not in subjects:
            raise _CellError('subject', cells['subject'], 'a subject of sheet naming rule1')
        name, number = texts['video'].rpartition('_')[::2]
        if name.strip() not in codes or not number.strip().isdecimal():
            raise _CellError('video', cells['video'], '<video name of sheet naming rule2>_<number>')
        if texts['type'].lower() not in _TYPES:
            raise _CellError('type', cells['type'], ' or '.join(_TYPES))
        emotion = texts['emotion']
        if emotion in _SPELLING:
            self.report.add('emotion_spelling', **where, found=emotion, done=_SPELLING[emotion])
            emotion = _SPELLING[emotion]
        times = self._times(cells, where)
        if times is None:
            return None
        return LabelledEvent(
            video_id=f'{subjects[texts["subject"]]}_{codes[name.strip()]}',
            **times,
            label=_TYPES[texts['type'].lower()],
            emotion=emotion,
            action_units=self._text(cells['action units'], where),
            where=where,
        )

    def _times(self, cells: dict[str, Any], where: dict[str, Any]) -> dict[str, Any] | None:
        """Find onset, apex and offset by the rules; None if the event is dropped."""
        onset, apex, offset = (_frame_number(cells[name], name) for name in ('onset', 'apex', 'offset'))
        if onset < 1:
            raise _CellError('onset', cells['onset'], 'a frame number from 1')
        found = f'onset {onset}, apex {apex}, offset {offset}'
        if offset and offset < onset:
            raise _CellError('offset', offset, f'0 or a frame number from the onset {onset}')
        if apex == 0:
            self.report.add('apex_missing', **where, found=found, done='no apex')
        elif apex < onset:
            self.report.add('apex_before_onset', **where, found=found, done='no apex')
        elif offset and offset < apex:
            self.report.add('apex_after_offset', **where, found=found, done='no apex')
        known_apex = apex if apex >= onset and (not offset or apex <= offset) else None
        if offset:
            return dict(onset=onset, apex=known_apex, offset=offset, offset_filled=False)
        rule = f'offset_missing_{self.offset_rule}'
        if self.offset_rule == 'drop':
            self.report.add(rule, **where, found=found, done='dropped')
            return None
        if known_apex is None:
            offset, rule = onset, 'offset_and_apex_missing'
        else:
            offset = {'apex': apex, 'apex+20': apex + 20, 'mirror': 2 * apex - onset}[self.offset_rule]
        self.report.add(rule, **where, found=found, done=f'offset {offset}')
        return dict(onset=onset, apex=known_apex, offset=offset, offset_filled=True)

    def _text(self, cell: Any, where: dict[str, Any]) -> str:
        """Give a cell as text without blanks at its ends; whole numbers lose their '.0'."""
        if cell is None:
            return ''
        text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
        if text != text.strip():
            self.report.add('blanks_stripped', **where, found=repr(text), done=repr(text.strip()))
        return text.strip()


def _frame_number(cell: Any, column: str) -> int:
    """Read a frame number; an empty cell counts as 0, the table's 'unknown'."""
    if cell is None:
        return 0
    text = str(cell).strip()
    if not re.fullmatch(r'\d+(\.0+)?', text):
        raise _CellError(column, cell, 'a whole frame number')
    return int(float(text))
