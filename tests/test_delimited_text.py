import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmaction_mespot.delimited_text import is_number, read_delimited

TABLE = 'vid,onset,offset\nv\u00e9,1,2.5\n'
ROWS = [('vid', 'onset', 'offset'), ('v\u00e9', '1', '2.5')]


def cells(path):
    return [row.cells for row in read_delimited(path)]


@pytest.mark.parametrize(
    'encoding', ['utf-8', 'utf-8-sig', 'utf-16', 'utf-16-le', 'utf-16-be', 'utf-32', 'cp1252']
)
def test_encodings(tmp_path, encoding):
    (tmp_path / 'a.csv').write_bytes(TABLE.encode(encoding))
    assert cells(tmp_path / 'a.csv') == ROWS


@pytest.mark.parametrize(
    'text',
    [
        'vid;onset;offset\nv\u00e9;1;2,5\n',
        'sep=;\nvid;onset;offset\nv\u00e9;1;2,5\n',
        '"sep=,"\nvid,onset,offset\nv\u00e9,1,"2.5"\n',
        'vid\tonset\toffset\r\nv\u00e9\t1\t2,5\r\n',
        'vid onset offset\n\n# note\nv\u00e9   1 2.5\n',
        ' vid , onset,offset \nv\u00e9, 1, 2.5\n',
    ],
)
def test_separators_and_decimal_marks(tmp_path, text):
    (tmp_path / 'a.csv').write_text(text, encoding='utf-8', newline='')
    assert cells(tmp_path / 'a.csv') == ROWS


def test_blanks_with_decimal_commas(tmp_path):
    (tmp_path / 'a.txt').write_text('10 20 0,5\n')
    assert cells(tmp_path / 'a.txt') == [('10', '20', '0.5')]
    (tmp_path / 'a.txt').write_text('10, 20, 0.5\n')
    assert cells(tmp_path / 'a.txt') == [('10', '20', '0.5')]


def test_rows_keep_their_numbers(tmp_path):
    (tmp_path / 'a.csv').write_text('sep=,\na,b\n\n"x\ny",2\n3,4\n')
    assert [(row.number, row.cells[1]) for row in read_delimited(tmp_path / 'a.csv')] == [
        (2, 'b'),
        (5, '2'),
        (6, '4'),
    ]


def test_what_is_no_table_is_named(tmp_path):
    (tmp_path / 'a.csv').write_bytes(b'\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x81\x8d\x00\x00')
    with pytest.raises(ValueError, match=r'a\.csv: no text file, expected'):
        read_delimited(tmp_path / 'a.csv')
    (tmp_path / 'a.csv').write_text('a,b\n"1"x,2\n')
    with pytest.raises(ValueError, match=r'a\.csv, row 2: no readable table'):
        read_delimited(tmp_path / 'a.csv')
    with pytest.raises(FileNotFoundError, match=r'b\.csv: no such file'):
        read_delimited(tmp_path / 'b.csv')


@given(st.floats(allow_nan=False) | st.integers())
def test_what_python_writes_is_a_number(value):
    assert is_number(str(value))


@pytest.mark.parametrize('text', ['006_1', '', 'e5', '1,5', '0x10', '.', 's15'])
def test_what_is_no_number(text):
    assert not is_number(text)
