"""A table of results, for the terminal and for files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.table import Table

from mmaction_mespot.reports.report_tables import markdown_table

Cell = str | int | float | None


@dataclass(frozen=True)
class EvaluationTable:
    """Rows of results.

    Attributes:
        name: Key in files.
        title: Line above the table.
        header: Names of the columns.
        rows: Cells; None is shown as ``-``.
        sections: Rows after which a line is drawn in the terminal.
        digits: Decimals of floats as they are shown; four, as in the tables of the field.
    """

    name: str
    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    sections: frozenset[int] = frozenset()
    digits: int = 4

    def rich(self) -> Table:
        """For the terminal."""
        table = Table(title=self.title, title_justify='left', title_style='bold')
        for i, name in enumerate(self.header):
            numeric = any(isinstance(row[i], int | float) for row in self.rows)
            table.add_column(name, justify='right' if numeric else 'left', overflow='fold')
        for i, row in enumerate(self.rows):
            table.add_row(*self.texts(row), end_section=i in self.sections)
        return table

    def markdown(self) -> str:
        """For a Markdown page."""
        return f'## {self.title}\n\n{markdown_table(self.header, [self.texts(row) for row in self.rows])}\n'

    def records(self) -> list[dict[str, Any]]:
        """For JSON: one object a row, numbers in full."""
        return [dict(zip(self.header, row, strict=True)) for row in self.rows]

    def texts(self, row: Sequence[Cell]) -> list[str]:
        """Cells as they are shown."""
        return ['-' if c is None else f'{c:.{self.digits}f}' if isinstance(c, float) else str(c) for c in row]
