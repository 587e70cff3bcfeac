"""Tables kept as text: any common encoding, separator and decimal mark."""

from __future__ import annotations

import codecs
import csv
import re
from dataclasses import dataclass
from pathlib import Path

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


def read_delimited(path: str | Path) -> list[TextRow]:
    """Read a table kept as text.

    Encoding: UTF-8, UTF-16 and UTF-32 by their byte order mark, UTF-16 without one by its zero bytes, UTF-8,
    else Windows-1252. Separator: that of a first line ``sep=;``, else the first of ``;``, tab and comma that
    stands outside quotes in the first row, else blanks. Unless the comma separates, commas within numbers are
    decimal marks. Empty rows and rows that begin with ``#`` are passed over.

    Args:
        path: The file.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the quotes or the bytes make no sense as a table; the message names the file.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f'{path}: no such file')
    text = decode_text(path.read_bytes(), str(path))
    lines = text.splitlines(keepends=True)
    skipped = 0
    separator = None
    if lines and (told := re.fullmatch(r'sep=(.)\s*', lines[0].strip('"\r\n') + '\n', re.IGNORECASE)):
        separator, skipped, lines = told[1], 1, lines[1:]
    if separator is None:
        separator = _find_separator(lines)
    rows = []
    if separator == ' ':
        parsed = [(i, line.split()) for i, line in enumerate(lines, 1)]
    else:
        reader = csv.reader(lines, delimiter=separator, skipinitialspace=True, strict=True)
        try:
            parsed = [(reader.line_num, cells) for cells in reader]
        except csv.Error as error:
            raise ValueError(
                f'{path}, row {reader.line_num + skipped}: no readable table ({error})'
            ) from error
    for number, cells in parsed:
        cells = [cell.strip() for cell in cells]
        if not any(cells) or cells[0].startswith('#'):
            continue
        if separator != ',':
            cells = [c.replace(',', '.') if _DECIMAL_COMMA.fullmatch(c) else c for c in cells]
        rows.append(TextRow(number + skipped, tuple(cells)))
    return rows


def decode_text(data: bytes, origin: str) -> str:
    """Decode the bytes of a text file, see :func:`read_delimited`.

    Raises:
        ValueError: If they are no text; the message begins with ``origin``.
    """
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
    raise ValueError(f'{origin}: no text file, expected a table in UTF-8, UTF-16 or Windows-1252')


def is_number(cell: str) -> bool:
    """Whether a cell is written as a number (``006_1`` is none, ``nan`` is one)."""
    return _NUMBER.fullmatch(cell) is not None


def _find_separator(lines: list[str]) -> str:
    first = next((line for line in lines if line.strip() and not line.startswith('#')), '')
    bare = re.sub(r'"[^"]*"', '', first)
    words = bare.split()
    if len(words) > 2 and all(',' not in word or _DECIMAL_COMMA.fullmatch(word) for word in words):
        separators: tuple[str, ...] = (';', '\t')
    else:
        separators = _SEPARATORS
    return next((separator for separator in separators if separator in bare), ' ')
