"""A sheet whose columns are known by the names in its header row."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .annotation_error import AnnotationError
from .cell_error import CellError
from .labelled_event import LabelledEvent
from .read_report import ReadReport
from .workbook import Row, read_workbook


@dataclass
class LabelSheet:
    """One sheet of labels, with the header found by its names in whatever row it stands.

    Attributes:
        file: Name of the table for messages.
        sheet: Name of the sheet, empty where the file has none.
        columns: Index of each column by its key.
        rows: The rows below the header.
        problems: What could not be understood, one line per row.
    """

    file: str
    sheet: str
    columns: dict[str, int]
    rows: list[Row]
    problems: list[str] = field(default_factory=list)

    @classmethod
    def find(
        cls,
        path: Path,
        file: str,
        names: Mapping[str, Sequence[str]],
        required: Sequence[str],
    ) -> list[LabelSheet]:
        """Find the sheets that have the columns.

        Args:
            path: The workbook.
            file: Its name for messages.
            names: Names that a column may have, by its key; case, blanks and punctuation do not count.
            required: Keys of the columns that must be there.

        Returns:
            The sheets, at least one.

        Raises:
            AnnotationError: If no sheet has the columns; the message names what is missing.
        """
        sheets = read_workbook(path)
        found, best = [], ('', list(required))
        for sheet, rows in sheets.items():
            for position, row in enumerate(rows):
                columns = _columns(row, names)
                missing = [key for key in required if key not in columns]
                if len(missing) < len(best[1]):
                    best = (f' (nearest: sheet {sheet}, row {row.number})', missing)
                if not missing:
                    found.append(cls(file, sheet, columns, rows[position + 1 :]))
                    break
        if not found:
            expected = ', '.join('/'.join(names[key]) for key in best[1])
            raise AnnotationError(
                str(path), [f'sheets {list(sheets)}: no header row with the columns {expected}{best[0]}']
            )
        return found

    @classmethod
    def find_one(
        cls,
        path: Path,
        file: str,
        names: Mapping[str, Sequence[str]],
        required: Sequence[str],
        preferred: str | None = None,
    ) -> LabelSheet:
        """Find the one sheet that has the columns.

        Args:
            path, file, names, required: As in :meth:`find`.
            preferred: Sheet that is taken where there are several. Defaults to None: the one with most of the
                known columns.

        Raises:
            AnnotationError: If there is none, or if there are several of which none is preferred.
        """
        sheets = cls.find(path, file, names, required)
        chosen = [sheet for sheet in sheets if sheet.sheet == preferred] or sheets
        most = max(len(sheet.columns) for sheet in chosen)
        chosen = [sheet for sheet in chosen if len(sheet.columns) == most]
        if len(chosen) > 1:
            listed = ', '.join(sheet.sheet for sheet in chosen)
            raise AnnotationError(
                str(path), [f'labels in the sheets {listed}, expected one such sheet, or --sheet']
            )
        return chosen[0]

    def events(
        self,
        read_row: Callable[[dict[str, Any], dict[str, Any]], LabelledEvent | None],
        report: ReadReport,
    ) -> list[LabelledEvent]:
        """Read every row; rows that can't be understood are noted in ``problems``.

        Args:
            read_row: Gives a row's event, or None if a rule (which it reports) drops the row; raises
                `CellError`.
            report: Takes the rows that hold nothing in the known columns.
        """
        events = []
        for row in self.rows:
            where: dict[str, Any] = dict(file=self.file, sheet=self.sheet, row=row.number)
            cells = {
                key: row.cells[index] if index < len(row.cells) else None
                for key, index in self.columns.items()
            }
            if all(cell is None for cell in cells.values()):
                found = ' '.join(str(cell) for cell in row.cells if cell is not None)
                report.add('row_without_labels', **where, found=found, done='no event')
                continue
            try:
                event = read_row(cells, where)
            except CellError as error:
                sheet = f', sheet {self.sheet}' if self.sheet else ''
                self.problems.append(f'{self.file}{sheet}, row {where["row"]}, {error}')
                continue
            if event is not None:
                events.append(event)
        return events


def _columns(row: Row, names: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Find the columns that a row names; the first of equal names counts."""
    titles = [_plain(cell) for cell in row.cells]
    columns = {}
    for key, aliases in names.items():
        for alias in aliases:
            if _plain(alias) in titles:
                columns[key] = titles.index(_plain(alias))
                break
    return columns


def _plain(title: Any) -> str:
    return re.sub(r'[^a-z0-9]+', '', str(title).lower()) if isinstance(title, str) else ''
