import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmaction_mespot.delimited_text import is_number, read_delimited, read_table

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


def records(path, **options):
    return list(read_table(path, ('vid', 'offset'), lambda reason: ValueError(f'a.csv: {reason}'), **options))


@pytest.mark.parametrize('encoding', ['utf-8-sig', 'utf-16', 'cp1252'])
@pytest.mark.parametrize(
    'text', [TABLE, 'vid;onset;offset\nv\u00e9;1;2,5\n', 'sep=;\r\nvid;onset;offset\r\nv\u00e9;1;2,5\r\n']
)
def test_records_of_a_table_with_a_header(tmp_path, encoding, text):
    data = text.encode(encoding)
    (tmp_path / 'a.csv').write_bytes(data)
    number = 2 + text.startswith('sep')
    expected = [(number, {'vid': 'v\u00e9', 'onset': '1', 'offset': '2.5'})]
    assert records(tmp_path / 'a.csv') == records(data) == expected


def test_rows_that_begin_with_a_hash_are_rows_of_labels():
    assert records(b'vid,onset,offset\n#1,2,3\n') == [(2, {'vid': '#1', 'onset': '2', 'offset': '3'})]


@pytest.mark.parametrize(
    ('data', 'options', 'message'),
    [
        (b'', {}, r"a\.csv: columns \['vid', 'offset'\] expected, found \[\]"),
        (b'vid,onset\na,1\n', {}, r"columns \['offset'\] expected, found \['vid', 'onset'\]"),
        (b'vid,offset,vid\n', {}, r"the columns \['vid'\] stand twice"),
        (b'vid,offset\na,1,2\n', {}, 'row 2: expected 2 cells as in the header, found 3'),
        (b'vid,offset\na\n', {'exact': True}, 'row 2: expected 2 cells'),
        (b'vid,offset\na,1\nb,2\n', {'max_rows': 1}, 'more than 1 rows'),
        (b'vid,offset\n"a"b,1\n', {}, r'a\.csv: row 2: no readable table'),
        (b'\x89PNG\0\0\x81', {}, r'a\.csv: no text file'),
    ],
)
def test_what_is_no_such_table_is_named(data, options, message):
    with pytest.raises(ValueError, match=message):
        records(data, **options)


def test_cells_may_lack_at_the_end_and_titles_be_renamed():
    rows = records(b'VID,onset,Offset_frame\na,1\n', lower=True, rename=lambda name: name.split('_')[0])
    assert rows == [(2, {'vid': 'a', 'onset': '1', 'offset': ''})]


def test_lines_end_as_on_any_system(tmp_path):
    (tmp_path / 'a.txt').write_bytes(b'1 2 0.5\r3 4 0.6\r')
    assert cells(tmp_path / 'a.txt') == [('1', '2', '0.5'), ('3', '4', '0.6')]
    (tmp_path / 'a.csv').write_bytes('a,b\rx\u2028y,2\r'.encode())
    assert cells(tmp_path / 'a.csv') == [('a', 'b'), ('x\u2028y', '2')]
