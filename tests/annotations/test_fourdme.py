from __future__ import annotations

from pathlib import Path

import pytest
from fourdme_fixture import HEADER, LABELS, ROWS, write_fourdme_frames, write_fourdme_table
from reader_checks import events_of, lost_rows

from mmaction_mespot.annotations.annotation_error import AnnotationError
from mmaction_mespot.annotations.fourdme import read_fourdme


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_fourdme_frames(tmp_path)


def test_every_event(root: Path) -> None:
    write_fourdme_table(root)
    data, report = read_fourdme(root)
    assert events_of(data, '01_01_disgust') == [(25, 60, 1, 39), (69, 119, 0, 79)]
    assert events_of(data, '01_02_happy') == [(4, 60, 0, 4)]
    assert events_of(data, '12_01_disgust') == [(0, 60, 1, None)]
    assert report.counts == {'apex_missing': 1, 'blanks_stripped': 1}
    assert lost_rows(data, report, ROWS) == []
    assert report.found['frames'] == 'long_gray_video/long gray video'
    assert report.found['sheets'] == 'Sheet1 (4 rows)'
    video = data['data_list'][0]
    assert (video['subject'], video['fps'], video['start_index']) == ('01', 60.0, 1801)
    assert video['filename_tmpl'] == 'Frame_{:09d}.jpg'


def test_a_sheet_for_each_class(root: Path) -> None:
    header = ['Sub', 'Video name', 'Onset frame', 'Apex frame', 'Offset frame', 'AUs']
    sheets = {
        'Micro-expression': [header, LABELS[0][:6], LABELS[3][:6]],
        'Macro-expression': [header, LABELS[1][:6], LABELS[2][:6]],
        'Remarks': [['coded by two']],
    }
    write_fourdme_table(root, sheets)
    data, report = read_fourdme(root)
    assert events_of(data, '01_01_disgust') == [(25, 60, 1, 39), (69, 119, 0, 79)]
    assert report.counts['class_by_sheet'] == 4
    write_fourdme_table(root, {'Labels': sheets['Micro-expression']})
    with pytest.raises(AnnotationError, match='sheet Labels: no column with the type'):
        read_fourdme(root)


@pytest.mark.parametrize(
    ('column', 'value', 'message'),
    [
        (0, None, 'row 2, column subject: found None, expected the name of a folder'),
        (6, 'neutral', "row 2, column type: found 'neutral'"),
        (4, 1921, 'row 2: event 1826..1921 past the end of 01_01_disgust, which has 120 frames, the first'),
        (1, '07', 'video 01_07 has no folder of frames, but labels in rows 2'),
    ],
)
def test_row_not_understood(root: Path, column: int, value: object, message: str) -> None:
    row = list(LABELS[0])
    row[column] = value
    write_fourdme_table(root, {'Sheet1': [HEADER, row, *LABELS[1:]]})
    with pytest.raises(AnnotationError) as raised:
        read_fourdme(root)
    assert len(raised.value.problems) == 1
    assert message in str(raised.value)
    data, report = read_fourdme(root, lenient=True)
    assert lost_rows(data, report, ROWS) == []


def test_columns_of_another_name(root: Path) -> None:
    write_fourdme_table(root, {'Sheet1': [['Who', *HEADER[1:]], *LABELS]})
    with pytest.raises(
        AnnotationError, match=r'no header row with the columns Subject/.*\(nearest: sheet Sheet1, row 1\)'
    ):
        read_fourdme(root)
