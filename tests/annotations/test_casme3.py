from __future__ import annotations

from pathlib import Path

import pytest
from casme3_fixture import HEADER, LABELS, ROWS, write_casme3_frames, write_casme3_table, write_single_tables
from reader_checks import events_of, lost_rows
from table_files import write_xlsx

from mmaction_mespot.annotations.annotation_error import AnnotationError
from mmaction_mespot.annotations.casme3 import read_casme3


@pytest.fixture(scope='module')
def frames(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_casme3_frames(tmp_path_factory.mktemp('casme3')) / 'part_A'


@pytest.fixture
def root(tmp_path: Path, frames: Path) -> Path:
    (tmp_path / 'data').mkdir()
    (tmp_path / 'data' / 'part_A').symlink_to(frames)
    return tmp_path


def test_every_event(root: Path) -> None:
    write_casme3_table(root, LABELS)
    data, report = read_casme3(root)
    # The first frame of spNO.1/a is 8.jpg: onset 10 is frame 2 from 0; onset 5 lies before the first frame.
    assert events_of(data, 'spNO.1_a') == [(0, 5, 0, 1), (2, 13, 0, 7), (32, 43, 1, 38)]
    assert events_of(data, 'spNO.1_b') == [(20, 51, 1, 29)]
    assert events_of(data, 'spNO.14_a') == [(9, 10, 0, None), (29, 40, 1, 39), (59, 70, 0, 64)]
    assert events_of(data, 'spNO.14_c') == []
    assert report.counts == {
        'onset_before_first': 1,
        'blanks_stripped': 1,
        'filename_case': 1,
        'long_micro': 1,
        'apex_missing': 1,
        'offset_and_apex_missing': 1,
        'offset_missing_apex': 1,
        'overlapping_pair': 1,
        'video_without_events': 1,
    }
    assert lost_rows(data, report, ROWS) == []
    assert report.found == {
        'tables': 'annotation/CAS(ME)3_part_A_v2.xls',
        'frames': 'data/part_A',
        'totals': '4 MaE and 3 ME in 4 videos of 2 subjects',
    }
    first = data['data_list'][0]
    assert (first['video_id'], first['subject'], first['fps']) == ('spNO.14_a', 'spNO.14', 30.0)
    video = next(video for video in data['data_list'] if video['video_id'] == 'spNO.1_a')
    assert video['frame_dir'] == 'data/part_A/spNO.1/a/color'
    assert (video['filename_tmpl'], video['start_index'], video['total_frames']) == ('{:d}.jpg', 8, 100)


def test_newest_table_and_another_by_choice(root: Path) -> None:
    write_casme3_table(root, LABELS[:1], 'annotation/CAS(ME)3_part_A_v1.xls')
    write_casme3_table(root, LABELS[:4], 'annotation/CAS(ME)3_part_A_v2.xlsx')
    write_single_tables(root)
    assert read_casme3(root)[1].found['totals'].startswith('2 MaE and 2 ME')
    older = read_casme3(root, table='annotation/CAS(ME)3_part_A_v1.xls')[1]
    assert older.found['totals'].startswith('1 MaE and 0 ME')
    only_me = read_casme3(root, table='cas(me)3_part_A_ME_label_JpgIndex_v2.xlsx')[1]
    assert only_me.found['totals'].startswith('0 MaE and 1 ME')


def test_a_table_for_each_class(root: Path) -> None:
    write_single_tables(root)
    data, report = read_casme3(root)
    assert events_of(data, 'spNO.1_a') == [(2, 13, 0, 7)]
    assert events_of(data, 'spNO.1_b') == [(20, 51, 1, 29)]
    assert data['data_list'][3]['instances'][0]['emotion'] == 'surprise'
    assert report.counts['class_by_table'] == 2
    assert report.counts['long_micro'] == 1
    (root / 'cas(me)3_part_A_MaE_label_JpgIndex_v2_emotion.xlsx').rename(root / 'labels.xlsx')
    with pytest.raises(AnnotationError, match='no column Expression type, and the name says neither'):
        read_casme3(root, table='labels.xlsx')


@pytest.mark.parametrize(
    ('column', 'value', 'message'),
    [
        (0, 'sp1', "column Subject: found 'sp1', expected spNO.<number>"),
        (1, 7, 'column Filename: found 7, expected the letter of a video'),
        (2, 10.5, 'column onset: found 10.5, expected a whole frame number'),
        (6, 'both', "column Expression type: found 'both'"),
        (4, 300, 'event 10..300 past the end of spNO.1_a, which has 100 frames, the first of number 8'),
        (1, 'z', 'video spNO.1_z has no folder of frames, but labels in rows 2'),
    ],
)
def test_row_not_understood(root: Path, column: int, value: object, message: str) -> None:
    row = list(LABELS[0])
    row[column] = value
    write_casme3_table(root, [row, *LABELS[1:]])
    with pytest.raises(AnnotationError) as raised:
        read_casme3(root)
    assert len(raised.value.problems) == 1
    assert message in str(raised.value)
    assert 'CAS(ME)3_part_A_v2.xls' in str(raised.value)
    data, report = read_casme3(root, lenient=True)
    assert lost_rows(data, report, ROWS) == []


def test_labels_in_two_sheets(root: Path) -> None:
    rows = [HEADER, *LABELS]
    write_xlsx(root / 'CAS(ME)3_part_A_v2.xlsx', {'Sheet1': rows, 'Sheet2': rows, 'Notes': [['none']]})
    with pytest.raises(AnnotationError, match='labels in the sheets Sheet1, Sheet2, expected one such sheet'):
        read_casme3(root)


def test_of_sheets_that_fit_the_fuller_one_or_the_one_that_is_named(root: Path) -> None:
    """As in the first published table, whose other sheet lacks columns."""
    shorter = [[*row[:5], row[6]] for row in [HEADER, *LABELS[:3]]]
    write_xlsx(root / 'CAS(ME)3_part_A_v1.xlsx', {'Sheet1': shorter, 'AU+Emotion': [HEADER, *LABELS]})
    data, report = read_casme3(root)
    assert report.found['totals'].startswith('4 MaE and 3 ME')
    assert events_of(data, 'spNO.1_b') != []
    data, report = read_casme3(root, sheet='Sheet1')
    assert report.found['totals'].startswith('2 MaE and 1 ME')
    with pytest.raises(AnnotationError, match="sheet 'Notes' expected, labels found in 'AU\\+Emotion'"):
        read_casme3(root, sheet='Notes')


def test_wholly_before_the_first_frame(root: Path) -> None:
    write_casme3_table(root, [['spNO.14', 'c', 5, 9, 12, '12', 'Macro-expression', 'I']])
    with pytest.raises(AnnotationError, match=r'event 5\.\.12 before the start of spNO.14_c'):
        read_casme3(root)


def test_a_row_whose_offset_lies_before_its_onset(root: Path) -> None:
    """As row 751 of the published table of ME."""
    write_casme3_table(root, [['spNO.1', 'a', 47, 50, 24, '4', 'Micro-expression', 'I'], *LABELS])
    data, report = read_casme3(root)
    assert report.counts['backward_drop'] == 1
    assert '1 events whose offset lies before the onset: dropped' in report.summary()
    assert lost_rows(data, report, range(2, 10)) == []
    data, report = read_casme3(root, backward_rule='missing')
    assert (39, 43, 1, 42) in events_of(data, 'spNO.1_a')
    with pytest.raises(AnnotationError, match='column offset: found 24, expected 0 or a frame number from'):
        read_casme3(root, backward_rule='error')
