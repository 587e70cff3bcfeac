"""Reading of label workbooks as plain rows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from .annotation_error import AnnotationError


@dataclass(frozen=True)
class Row:
    """One row of a sheet.

    Attributes:
        number: Its number as the spreadsheet program shows it (from 1).
        cells: Its values, None for an empty cell.
    """

    number: int
    cells: list[Any]


def read_workbook(path: str | Path) -> dict[str, list[Row]]:
    """Read every sheet, without a header and without guessing types.

    Args:
        path: An Excel workbook.

    Returns:
        The rows of each sheet by its name, in the workbook's order. Rows without any value are left out; the
        others keep their numbers.

    Raises:
        AnnotationError: If the file is no readable workbook.
    """
    try:
        sheets = pd.read_excel(path, sheet_name=None, header=None, dtype=object, na_filter=False)
    except Exception as error:
        raise AnnotationError(
            str(path), [f'no readable workbook ({type(error).__name__}: {error})']
        ) from error
    return {
        name: [
            row
            for row in (
                Row(i + 1, [_value(cell) for cell in cells])
                for i, cells in enumerate(table.itertuples(index=False, name=None))
            )
            if any(cell is not None for cell in row.cells)
        ]
        for name, table in sheets.items()
    }


def _value(cell: Any) -> Any:
    """Give None for an empty cell."""
    return None if cell is None or cell == '' or cell is pd.NaT or cell != cell else cell
