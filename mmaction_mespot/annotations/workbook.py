"""Reading of label workbooks as plain rows."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import xlrd

from .annotation_error import AnnotationError

MAX_UNPACKED_BYTES = 1 << 28
MAX_XLS_BYTES = 1 << 25
MAX_ROWS, MAX_COLUMNS, MAX_CELLS = 100_000, 1000, 1_000_000
"""Bounds of a sheet; the largest published one has some 14,000 rows."""


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
        path: An Excel workbook, ``.xlsx`` or ``.xls`` whatever its name says.

    Returns:
        The rows of each sheet by its name, in the workbook's order, all of a sheet as long as its longest.
        Rows without any value are left out; the others keep their numbers.

    Raises:
        AnnotationError: If the file is no readable workbook, or larger than any table of labels.
        OSError: If it can't be read.
    """
    path = Path(path)
    with path.open('rb'):  # what the system says of it, it says itself
        pass
    try:
        read = _read_xlsx if zipfile.is_zipfile(path) else _read_xls
        return {name: _rows(rows, f'sheet {name!r}') for name, rows in read(path)}
    except _TooLarge as error:
        raise AnnotationError(str(path), [str(error)]) from error
    except Exception as error:  # there are many ways to be no workbook
        raise AnnotationError(
            str(path), [f'no readable workbook ({type(error).__name__}: {error})']
        ) from error


class _TooLarge(Exception):
    """A bound is passed."""


def _read_xlsx(path: Path) -> Iterator[tuple[str, Iterable[Sequence[Any]]]]:
    with zipfile.ZipFile(path) as archive:
        size = sum(member.file_size for member in archive.infolist())
    if size > MAX_UNPACKED_BYTES:
        raise _TooLarge(f'a workbook of {size} bytes unpacked, expected up to {MAX_UNPACKED_BYTES}')
    workbook = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    try:
        for sheet in workbook.worksheets:
            sheet.reset_dimensions()  # they may be wrong
            yield sheet.title, ([_plain(cell) for cell in row] for row in sheet.iter_rows())
    finally:
        workbook.close()


def _plain(cell: Any) -> Any:
    """The value of a cell: whole numbers as such, None for an error."""
    if cell.value is None or cell.data_type == 'e':
        return None
    if cell.data_type == 'n' and isinstance(cell.value, float) and cell.value.is_integer():
        return int(cell.value)
    return cell.value


def _read_xls(path: Path) -> Iterator[tuple[str, Iterable[Sequence[Any]]]]:
    size = path.stat().st_size
    if size > MAX_XLS_BYTES:
        raise _TooLarge(f'a workbook of {size} bytes, expected up to {MAX_XLS_BYTES}')
    with path.open('rb') as file, xlrd.open_workbook(file_contents=file.read(), on_demand=True) as workbook:
        for name in workbook.sheet_names():
            sheet = workbook.sheet_by_name(name)
            yield (
                name,
                ([_xls_value(cell, workbook.datemode) for cell in sheet.row(i)] for i in range(sheet.nrows)),
            )
            workbook.unload_sheet(name)


def _xls_value(cell: xlrd.sheet.Cell, date_mode: int) -> Any:
    if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK, xlrd.XL_CELL_ERROR):
        return None
    if cell.ctype == xlrd.XL_CELL_DATE:
        return xlrd.xldate_as_datetime(cell.value, date_mode)
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    if cell.ctype == xlrd.XL_CELL_NUMBER and float(cell.value).is_integer():
        return int(cell.value)
    return cell.value


def _rows(rows: Iterable[Sequence[Any]], name: str) -> list[Row]:
    """The rows that hold something, within the bounds."""
    found: list[Row] = []
    cells = 0
    for number, row in enumerate(rows, start=1):
        if number > MAX_ROWS:
            raise _TooLarge(f'{name}: more than {MAX_ROWS} rows, expected fewer')
        values = [None if cell == '' or cell != cell else cell for cell in row]
        while values and values[-1] is None:
            values.pop()
        cells += len(values)
        if len(values) > MAX_COLUMNS or cells > MAX_CELLS:
            raise _TooLarge(
                f'{name}, row {number}: more than {MAX_COLUMNS} columns or {MAX_CELLS} cells, expected fewer'
            )
        if values:
            found.append(Row(number, values))
    width = max((len(row.cells) for row in found), default=0)
    if width * len(found) > 10 * MAX_CELLS:
        raise _TooLarge(f'{name}: {len(found)} rows of {width} columns, expected fewer')
    return [Row(row.number, row.cells + [None] * (width - len(row.cells))) for row in found]
