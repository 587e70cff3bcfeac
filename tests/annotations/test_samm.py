from __future__ import annotations

from pathlib import Path

import pytest
from reader_checks import events_of, lost_rows
from samm_fixture import LABELS, ROWS, write_samm

from mmaction_mespot.annotations.annotation_error import AnnotationError
from mmaction_mespot.annotations.samm import read_samm


@pytest.fixture(scope='module')
def download(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_samm(tmp_path_factory.mktemp('samm'))


def test_every_event(download: Path) -> None:
    data, report = read_samm(download)
    # onset..offset inclusive from 1 -> [onset - 1, offset) from 0
    assert events_of(data, '006_1') == [(0, 25, 0, None), (9, 30, 0, 19), (49, 60, 1, 54), (99, 200, 1, 149)]
    assert events_of(data, '010_2') == []
    assert events_of(data, '020_6') == [(99, 120, 0, 109)]
    assert events_of(data, '036_7') == [(69, 80, 0, None)]
    assert events_of(data, '037_4') == [(9, 20, 0, 14), (49, 70, 0, 59), (199, 230, 1, 209)]
    assert report.counts == {
        'onset_rounded': 2,
        'offset_rounded': 1,
        'apex_missing': 1,
        'onset_before_first': 1,
        'blanks_stripped': 1,
        'past_end_clipped': 2,
        'past_end_dropped': 1,
        'apex_clipped_off': 1,
        'filename_twice': 1,
        'subject_differs': 1,
        'overlapping_pair': 1,
        'video_without_events': 1,
    }
    assert lost_rows(data, report, ROWS) == []
    assert report.found['totals'] == '6 MaE and 3 ME in 5 videos of 5 subjects'
    dropped = next(row for row in report.rows if row['rule'] == 'past_end_dropped')
    assert (dropped['sheet'], dropped['row']) == ('FACS_Movement_Only', 16)
    assert dropped['found'] == '90..98 in 036_7, which has the frames 1..80'


def test_entry_of_a_video(download: Path) -> None:
    video = read_samm(download)[0]['data_list'][2]
    instances = video.pop('instances')
    assert video == {
        'video_id': '020_6',
        'subject': '020',
        'frame_dir': 'SAMM_longvideos/020_6',
        'filename_tmpl': '020_6_{:05d}.jpg',
        'start_index': 1,
        'total_frames': 120,
        'fps': 200.0,
        'size': [16, 12],
    }
    assert instances[0]['action_units'] == '12'
    assert instances[0]['source'] == {'file': 'SAMM_LongVideos_V2_Release.xlsx', 'row': 15}


def test_later_release_with_the_header_on_top(download: Path, tmp_path: Path) -> None:
    (tmp_path / 'SAMM_longvideos').symlink_to(download / 'SAMM_longvideos')
    write_samm(tmp_path, LABELS[:1], frames=False)
    write_samm(tmp_path, LABELS[6:8], above=[], name='SAMM_LongVideos_V3_Release.xlsx', frames=False)
    data, report = read_samm(tmp_path)
    assert report.found['workbook'] == 'SAMM_LongVideos_V3_Release.xlsx'
    assert [event['source']['row'] for event in data['data_list'][4]['instances']] == [2, 3]
    data, report = read_samm(tmp_path, table='SAMM_LongVideos_V2_Release.xlsx')
    assert report.found['totals'].startswith('1 MaE and 0 ME')


def test_cropped_tree_is_a_choice(download: Path, tmp_path: Path) -> None:
    for name in ('SAMM_longvideos', 'SAMM_longvideos_crop'):
        (tmp_path / name).symlink_to(download / 'SAMM_longvideos')
    write_samm(tmp_path, LABELS[:1], frames=False)
    assert read_samm(tmp_path)[1].found['frames'] == 'SAMM_longvideos'
    chosen = read_samm(tmp_path, frame_tree='SAMM_longvideos_crop')
    assert chosen[0]['data_list'][0]['frame_dir'] == 'SAMM_longvideos_crop/006_1'


@pytest.mark.parametrize(
    ('column', 'value', 'message'),
    [
        (1, '6_1_1', "column Filename: found '6_1_1', expected <subject>_<video>_<event>"),
        (3, 'ten', "column onset: found 'ten', expected a frame number"),
        (3, None, 'column onset: found None, expected a frame number from 0'),
        (3, -1, 'column onset: found -1'),
        (4, -5, 'column apex: found -5, expected a frame number'),
        (5, 5, 'column offset: found 5, expected 0 or a frame number from the onset 10'),
        (7, 'Blink', "column Type: found 'Blink', expected a macro- or micro-expression"),
    ],
)
def test_row_not_understood(download: Path, tmp_path: Path, column: int, value: object, message: str) -> None:
    (tmp_path / 'SAMM_longvideos').symlink_to(download / 'SAMM_longvideos')
    row = list(LABELS[0])
    row[column] = value
    write_samm(tmp_path, [row, *LABELS[1:]], frames=False)
    with pytest.raises(AnnotationError) as raised:
        read_samm(tmp_path)
    place = 'SAMM_LongVideos_V2_Release.xlsx, sheet FACS_Movement_Only, row 11, '
    assert len(raised.value.problems) == 1
    assert place + message in str(raised.value)
    data, report = read_samm(tmp_path, lenient=True)
    assert report.counts['not_understood'] == 1
    assert lost_rows(data, report, ROWS) == []
    assert len(events_of(data, '006_1')) == 3


def test_faults_of_the_download(download: Path, tmp_path: Path) -> None:
    with pytest.raises(AnnotationError, match='label workbooks found: none; expected SAMM_LongVideos_V<n>'):
        read_samm(tmp_path)
    write_samm(tmp_path, frames=False)
    with pytest.raises(AnnotationError, match='frame trees found: none; expected SAMM_longvideos'):
        read_samm(tmp_path)
    write_samm(tmp_path, [[*LABELS[0][:1], '044_3_1', *LABELS[0][2:]]])
    (tmp_path / 'SAMM_longvideos/010_2/010_2_0007.jpg').unlink()
    (tmp_path / 'SAMM_longvideos/020_6/020_6_00001.jpg').unlink()
    with pytest.raises(AnnotationError) as raised:
        read_samm(tmp_path)
    assert raised.value.problems == [
        'SAMM_longvideos/010_2: gap in the numbering: 1 of 1..30 missing (7)',
        'SAMM_longvideos/020_6: the first frame has the number 2, expected 1',
        'SAMM_LongVideos_V2_Release.xlsx: video 044_3 has no folder of frames, but labels in rows 11',
    ]
    assert 'frames: SAMM_longvideos' in str(raised.value)


def test_header_that_is_not_there(download: Path, tmp_path: Path) -> None:
    (tmp_path / 'SAMM_longvideos').symlink_to(download / 'SAMM_longvideos')
    book = write_samm(tmp_path, LABELS[:1], frames=False) / 'SAMM_LongVideos_V2_Release.xlsx'
    book.write_bytes(book.read_bytes()[:500])
    with pytest.raises(AnnotationError, match=r'SAMM_LongVideos_V2_Release\.xlsx: .*no readable'):
        read_samm(tmp_path)
