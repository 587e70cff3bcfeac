"""Writes label tables: .xlsx workbooks, and the old .xls."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

import openpyxl


def write_xlsx(path: Path, sheets: Mapping[str, Sequence[Sequence]]) -> None:
    """Write rows, the first of them on row 1; an empty row stays empty."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row, start=1):
                if value is not None:
                    sheet.cell(number, column, value)
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)


def write_xls(path: Path, rows: Sequence[Sequence]) -> None:
    """Write one sheet in the oldest form of .xls (BIFF 2): texts and numbers."""
    records = [struct.pack('<HHHH', 0x0009, 4, 7, 0x0010)]
    for row, cells in enumerate(rows):
        for column, value in enumerate(cells):
            if value is None:
                continue
            place = struct.pack('<HH3x', row, column)
            if isinstance(value, str):
                text = value.encode('latin-1')
                body, kind = place + struct.pack('<B', len(text)) + text, 0x0004
            else:
                body, kind = place + struct.pack('<d', value), 0x0003
            records.append(struct.pack('<HH', kind, len(body)) + body)
    records.append(struct.pack('<HH', 0x000A, 0))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b''.join(records))
