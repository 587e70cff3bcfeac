"""No table that is written holds a cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pandas as pd
import pytest

from mmaction_mespot.annotations.read_report import ReadReport
from mmaction_mespot.delimited_text import escape, unescape, write_table
from mmaction_mespot.exports.coded_interval import CodedInterval, Coding
from mmaction_mespot.exports.formats import read_coding, write_coding
from mmaction_mespot.exports.study_files import import_files
from mmaction_mespot.study.sample_file import sample_study
from mmaction_mespot.study.tables import write_study

EXAMPLE = Path(__file__).parents[1] / 'spotting' / 'spot_example' / 'intervals.json'
FORMULA = "=cmd|'calc'!A1"


def runs(path: Path, delimiter: str = ',') -> list[str]:
    """The cells that a spreadsheet would run."""
    with path.open(encoding='utf-8', newline='') as file:
        cells = [cell for row in csv.reader(file, delimiter=delimiter) for cell in row]
    assert any('calc' in cell for cell in cells)
    return [cell for cell in cells if cell[:1] in '=+-@' and cell and not _is_number(cell)]


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize('cell', [FORMULA, '+1+1', '-1+1', '@SUM(A1)', '\t=1', '\r=1', "'=1"])
def test_there_and_back(cell: str) -> None:
    assert unescape(escape(cell)) == (cell if cell != "'=1" else '=1')
    assert escape(escape(cell)) == escape(cell)


@pytest.mark.parametrize('cell', ['-0.5', '+3', '-1e-3', '-', '', 'a=b', 3, None, -2.5])
def test_what_stays(cell: object) -> None:
    assert escape(cell) == cell


def test_a_frame(tmp_path: Path) -> None:
    write_table(pd.DataFrame({'x': [-1.5, 2], 'note': [FORMULA, None]}), tmp_path / 'a.csv')
    assert (tmp_path / 'a.csv').read_text() == f"x,note\n-1.5,'{FORMULA}\n2.0,\n"


@pytest.mark.parametrize('name', ['bids', 'boris'])
def test_files_of_coders(tmp_path: Path, name: str) -> None:
    path = tmp_path / f'{FORMULA}_{"events" if name == "bids" else "boris"}.tsv'
    one = CodedInterval('ME', 1.0, 2.0, comment=FORMULA)
    write_coding(Coding([one], Path('a.mp4'), 3.0, 30.0), path, name)
    assert runs(path, '\t') == [] and read_coding(path)[0].comment == FORMULA
    import_files([path], tmp_path / 'all.csv')
    assert runs(tmp_path / 'all.csv') == []


def test_tables_of_a_study(tmp_path: Path) -> None:
    """The name of a folder, and what was noted, come from files."""
    (tmp_path / FORMULA).mkdir()
    content = json.loads(EXAMPLE.read_text())
    content['notes'] = [FORMULA]
    (tmp_path / FORMULA / 'intervals.json').write_text(json.dumps(content))
    write_study(tmp_path)
    sample_study(tmp_path, 1)
    tables = sorted(tmp_path.glob('*.csv'))
    assert len(tables) >= 3
    for table in tables:
        if 'calc' in table.read_text():
            assert runs(table) == [], table


def test_report_of_the_labels(tmp_path: Path) -> None:
    report = ReadReport({'rule': 'text'})
    report.add('rule', file=FORMULA, found=FORMULA, done='left out')
    report.save_csv(tmp_path / 'a.csv')
    assert runs(tmp_path / 'a.csv') == []
