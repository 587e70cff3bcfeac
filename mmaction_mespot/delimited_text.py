"""Tables kept as text: any common encoding, separator and decimal mark."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmaction_mespot.atomic_file import whole_file
from mmaction_mespot.errors import MESpotError

if TYPE_CHECKING:
    import pandas as pd

MAX_LABEL_ROWS = 100_000
"""Most rows of a table of labels; the largest published one has some 14,000."""

FORMULA = ('=', '+', '-', '@', '\t', '\r')
"""First characters of a cell that a spreadsheet would run."""

_BOMS = (
    (codecs.BOM_UTF8, 'utf-8-sig'),
    (codecs.BOM_UTF32_LE, 'utf-32'),
    (codecs.BOM_UTF32_BE, 'utf-32'),
    (codecs.BOM_UTF16_LE, 'utf-16'),
    (codecs.BOM_UTF16_BE, 'utf-16'),
)
_SEPARATORS = (';', '\t', ',')
_NUMBER = re.compile(r'[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?|[+-]?(nan|inf|infinity)', re.IGNORECASE)
_DECIMAL_COMMA = re.compile(r'[+-]?\d*,\d+(e[+-]?\d+)?', re.IGNORECASE)


@dataclass(frozen=True)
class TextRow:
    """One row of a table.

    Attributes:
        number: Its line in the file, from 1; of a cell over several lines the last one.
        cells: Its cells without blanks at their ends; a decimal comma is a point.
    """

    number: int
    cells: tuple[str, ...]


def read_delimited(path: str | Path, comments: bool = True) -> list[TextRow]:
    """Read a table kept as text.

    Encoding: UTF-8, UTF-16 and UTF-32 by their byte order mark, UTF-16 without one by its zero bytes, UTF-8,
    else Windows-1252. Separator: that of a first line ``sep=;``, else the first of ``;``, tab and comma that
    stands outside quotes in the first row, else blanks. Unless the comma separates, commas within numbers are
    decimal marks. Empty rows are passed over.

    Args:
        path: The file.
        comments: Whether rows that begin with ``#`` are passed over too. Defaults to True.

    Raises:
        FileNotFoundError: If there is no such file.
        MESpotError: If the quotes or the bytes make no sense as a table; the message names the file.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f'{path}: no such file')
    try:
        return _parse(path.read_bytes(), comments)
    except ValueError as error:
        raise MESpotError(f'{path}{error}') from error


def read_table(
    source: Path | bytes,
    required: Sequence[str],
    error: Callable[[str], Exception],
    lower: bool = False,
    max_rows: int | None = None,
    exact: bool = False,
    rename: Callable[[str], str] = str,
) -> Iterator[tuple[int, dict[str, str]]]:
    """Read a table with a header, row by row: each column has a name of its own, each row a cell for it.

    Args:
        source: The file, or its bytes; see :func:`read_delimited`.
        required: Columns that must be there.
        error: Makes the error out of the reason, which names row and column but no file.
        lower: Whether the names of columns are read in lower case. Defaults to False.
        max_rows: Most rows. Defaults to None: as many as there are.
        exact: Whether no cell may lack at the end of a row. Defaults to False.
        rename: Gives the name of a column that a title in the file means. Defaults to the title itself.

    Yields:
        The number of the row's last line (from 1) and its cells by column, without blanks around them. Rows
        without any cell are passed over; empty cells may lack at the end of a row.

    Raises:
        OSError: If the file can't be read; what ``error`` makes, if it is not such a table.
    """
    try:
        rows = _parse(source if isinstance(source, bytes) else source.read_bytes(), comments=False)
    except ValueError as unreadable:
        raise error(str(unreadable).removeprefix(': ').removeprefix(', ')) from unreadable
    titles = rows[0].cells if rows else ()
    header = [rename(name.lower() if lower else name) for name in titles]
    missing = [name for name in required if name not in header]
    if missing:
        raise error(f'columns {missing} expected, found {header}')
    double = sorted({name for name in header if name and header.count(name) > 1})
    if double:
        raise error(f'the columns {double} stand twice in the header, expected once')
    if max_rows is not None and len(rows) - 1 > max_rows:
        raise error(f'more than {max_rows} rows, expected fewer')
    for row in rows[1:]:
        if len(row.cells) > len(header) or (exact and len(row.cells) < len(header)):
            wanted = f'{len(header)} cells as in the header'
            raise error(f'row {row.number}: expected {wanted}, found {len(row.cells)}')
        filled = [*row.cells, *[''] * (len(header) - len(row.cells))]
        yield row.number, dict(zip(header, filled, strict=True))


def is_number(cell: str) -> bool:
    """Whether a cell is written as a number (``006_1`` is none, ``nan`` is one)."""
    return _NUMBER.fullmatch(cell) is not None


def escape(cell: Any) -> Any:
    """A cell that no spreadsheet runs: an apostrophe goes before a text that begins like a formula."""
    runs = isinstance(cell, str) and len(cell) > 1 and cell.startswith(FORMULA) and not is_number(cell)
    return f"'{cell}" if runs else cell


def unescape(cell: str) -> str:
    """What :func:`escape` was given."""
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(FORMULA) else cell


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write a data frame as CSV, whole or not at all, its texts as :func:`escape` gives them."""
    names = [name for name in table.columns if table[name].dtype.kind not in 'biufc']
    with whole_file(path) as temporary:
        table.assign(**{name: table[name].map(escape) for name in names}).to_csv(
            temporary, index=False, lineterminator='\n'
        )


def _parse(data: bytes, comments: bool) -> list[TextRow]:
    """The rows of a table; an error's message goes on from the name of the file."""
    text = _decode(data)
    skipped = 0
    separator = None
    first = re.match(r'"?sep=(.)"?[ \t]*(\r\n|\r|\n|\Z)', text, re.IGNORECASE)
    if first:
        separator, skipped, text = first[1], 1, text[first.end() :]
    if separator is None:
        separator = _find_separator(text)
    rows = []
    if separator == ' ':
        parsed = [(i, line.split()) for i, line in enumerate(io.StringIO(text, newline=None), 1)]
    else:
        # Only \n and \r end a line; without newline='' a line break within quotes would lose its form.
        reader = csv.reader(
            io.StringIO(text, newline=''), delimiter=separator, skipinitialspace=True, strict=True
        )
        try:
            parsed = [(reader.line_num, cells) for cells in reader]
        except csv.Error as error:
            raise ValueError(f', row {reader.line_num + skipped}: no readable table ({error})') from error
    for number, cells in parsed:
        cells = [cell.strip() for cell in cells]
        if not any(cells) or (comments and cells[0].startswith('#')):
            continue
        if separator != ',':
            cells = [c.replace(',', '.') if _DECIMAL_COMMA.fullmatch(c) else c for c in cells]
        rows.append(TextRow(number + skipped, tuple(cells)))
    return rows


def _decode(data: bytes) -> str:
    """Decode the bytes of a text file, see :func:`read_delimited`."""
    encodings = [encoding for bom, encoding in _BOMS if data.startswith(bom)][:1]
    if not encodings and b'\0' in data[:1000]:
        encodings = ['utf-16-le' if data[1:2] == b'\0' else 'utf-16-be']
    for encoding in encodings or ['utf-8', 'cp1252']:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if '\0' not in text:
            return text
    raise ValueError(': no text file, expected a table in UTF-8, UTF-16 or Windows-1252')


def _find_separator(text: str) -> str:
    first = next(
        (line for line in io.StringIO(text, newline=None) if line.strip() and not line.startswith('#')), ''
    )
    bare = re.sub(r'"[^"]*"', '', first)
    words = bare.split()
    if len(words) > 2 and all(',' not in word or _DECIMAL_COMMA.fullmatch(word) for word in words):
        separators: tuple[str, ...] = (';', '\t')
    else:
        separators = _SEPARATORS
    return next((separator for separator in separators if separator in bare), ' ')
