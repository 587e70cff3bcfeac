"""The label workbook of CAS(ME)^2, row by row, with a named rule for each of its quirks."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mmaction_mespot.intervals.detections import MAE, ME

from .annotation_error import AnnotationError
from .cell_error import CellError
from .cells import CELL_RULES, cell_text
from .event_times import TIME_RULES, event_times
from .labelled_event import LabelledEvent
from .read_report import ReadReport
from .workbook import Row, read_workbook

TABLE_RULES = {
    **TIME_RULES,
    **CELL_RULES,
    'emotion_spelling': 'emotions respelt',
    'code_as_number': 'video codes stored as numbers: leading zero restored',
}

_COLUMNS = ('subject', 'video', 'onset', 'apex', 'offset', 'action units', 'emotion', 'type', 'self-report')
_TYPES = {'macro-expression': MAE, 'micro-expression': ME}
_SPELLING = {'happyiness': 'happiness'}


@dataclass
class LabelTable:
    """All events of a workbook, and what could not be understood."""

    file: str
    offset_rule: str
    report: ReadReport
    backward_rule: str = 'error'
    events: list[LabelledEvent] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @classmethod
    def read(
        cls, path: Path, file: str, offset_rule: str, report: ReadReport, backward_rule: str = 'error'
    ) -> LabelTable:
        """Read a workbook.

        Args:
            path: The workbook.
            file: Its name for messages.
            offset_rule: A key of ``event_times.OFFSET_RULES``.
            report: Takes the applied rules.
            backward_rule: A key of ``event_times.BACKWARD_RULES``. Defaults to 'error'.

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
        table = cls(file, offset_rule, report, backward_rule)
        subjects = table._naming(by_name['naming rule1'], sheets[by_name['naming rule1']], key=2, value=1)
        codes = table._naming(by_name['naming rule2'], sheets[by_name['naming rule2']], key=1, value=0)
        labels = next(
            name for name in sheets if name not in (by_name['naming rule1'], by_name['naming rule2'])
        )
        for row in sheets[labels]:
            where = dict(file=file, sheet=labels, row=row.number)
            try:
                event = table._event(row, where, subjects, codes)
            except CellError as error:
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
            name, text = (cell_text(cells[i], where, self.report) for i in (key, value))
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
        texts = {
            name: cell_text(cells[name], where, self.report)
            for name in ('subject', 'video', 'emotion', 'type', 'self-report')
        }
        if texts['subject'] not in subjects:
            raise CellError('subject', cells['subject'], 'a subject of sheet naming rule1')
        name, number = texts['video'].rpartition('_')[::2]
        if name.strip() not in codes or not number.strip().isdecimal():
            raise CellError('video', cells['video'], '<video name of sheet naming rule2>_<number>')
        if texts['type'].lower() not in _TYPES:
            raise CellError('type', cells['type'], ' or '.join(_TYPES))
        for column in ('emotion', 'self-report'):
            spelt = _SPELLING.get(texts[column].lower())
            if spelt is not None:
                self.report.add('emotion_spelling', **where, found=f'{column} {texts[column]}', done=spelt)
                texts[column] = spelt
        times = event_times(
            cells, where, self.report, self.offset_rule, first_onset=1, backward_rule=self.backward_rule
        )
        if times is None:
            return None
        return LabelledEvent(
            video_id=f'{subjects[texts["subject"]]}_{codes[name.strip()]}',
            **vars(times),
            label=_TYPES[texts['type'].lower()],
            emotion=texts['emotion'],
            self_report=texts['self-report'],
            action_units=cell_text(cells['action units'], where, self.report),
            where=where,
        )
