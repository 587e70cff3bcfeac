"""Workbooks as rows, and those that are none or beyond all bounds."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from mmaction_mespot.annotations.annotation_error import AnnotationError
from mmaction_mespot.annotations.workbook import Row, read_workbook


def save(path: Path, cells: dict[str, object]) -> Path:
    book = openpyxl.Workbook()
    for place, value in cells.items():
        book.active[place] = value
    book.save(path)
    return path


def test_rows_keep_their_numbers(tmp_path: Path) -> None:
    path = save(
        tmp_path / 'a.xlsx', {'A1': 1.0, 'B1': 2.5, 'C1': 'a', 'E1': True, 'A3': 'x', 'B5': '#DIV/0!'}
    )
    assert read_workbook(path) == {
        'Sheet': [Row(1, [1, 2.5, 'a', None, True]), Row(3, ['x', None, None, None, None])]
    }


@pytest.mark.parametrize(
    ('place', 'said'), [('XFD1048576', 'more than 100000 rows'), ('XFD1', 'row 1: more than 1000 columns')]
)
def test_cell_beyond_all_bounds(tmp_path: Path, place: str, said: str) -> None:
    with pytest.raises(AnnotationError, match=f"a.xlsx: sheet 'Sheet'.*{said}"):
        read_workbook(save(tmp_path / 'a.xlsx', {place: 1}))


def test_no_workbook(tmp_path: Path) -> None:
    (tmp_path / 'a.xls').write_bytes(b'onset,offset')
    with pytest.raises(AnnotationError, match=r'a\.xls: no readable workbook'):
        read_workbook(tmp_path / 'a.xls')
