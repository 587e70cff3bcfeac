from __future__ import annotations

from pathlib import Path

import pytest
from reader_checks import events_of, lost_rows
from smic_fixture import LABELS, ROWS, write_smic

from mmaction_mespot.annotations.annotation_error import AnnotationError
from mmaction_mespot.annotations.smic import read_smic


def test_every_event(tmp_path: Path) -> None:
    data, report = read_smic(write_smic(tmp_path))
    assert events_of(data, 's01_ne_01') == [(10, 40, 1, None)]  # 1011 - 1001 .. 1040 - 1001, inclusive
    assert events_of(data, 's01_po_05') == [(4, 34, 1, None)]  # the frames on disk are numbered anew
    assert events_of(data, 's13_sur_02') == [(0, 50, 1, None), (4, 10, 1, None)]
    assert report.counts == {
        'blanks_stripped': 1,
        'subject_differs': 1,
        'note_below_table': 1,
        'row_without_labels': 1,
        'overlapping_pair': 1,
    }
    assert lost_rows(data, report, ROWS) == []
    folder = 'SMIC-E_raw image/HS_long'
    assert report.found == {
        'workbook': f'{folder}/SMIC-HS-E_annotation.xlsx',
        'frames': f'{folder}/SMIC-HS-E',
        'camera': 'HS, 100 fps',
        'totals': '0 MaE and 4 ME in 3 videos of 2 subjects',
    }
    video = data['data_list'][0]
    assert (video['subject'], video['fps'], video['start_index']) == ('s01', 100.0, 1001)
    assert (video['filename_tmpl'], video['instances'][0]['emotion']) == ('image{:06d}.jpg', 'negative')


def test_cameras(tmp_path: Path) -> None:
    write_smic(tmp_path, camera='NIR')
    assert read_smic(tmp_path)[0]['data_list'][0]['fps'] == 25.0
    write_smic(tmp_path)
    assert read_smic(tmp_path)[0]['metainfo']['camera'] == 'HS'
    data, report = read_smic(tmp_path, frame_tree='NIR')
    assert data['data_list'][0]['frame_dir'] == 'SMIC-E_raw image/NIR_long/SMIC-NIR-E/s01/s1_ne_01'
    assert report.found['camera'] == 'NIR, 25 fps'
    with pytest.raises(AnnotationError, match='frame trees found: none; expected HS_long'):
        read_smic(tmp_path, frame_tree='VIS')


@pytest.mark.parametrize(
    ('column', 'value', 'message'),
    [
        (1, 'first', "row 2, column Filename: found 'first', expected s<subject>_<emotion>_<number>"),
        (3, 'ten', "row 2, column OnsetF: found 'ten', expected a whole frame number"),
        (3, None, 'row 2, column OnsetF: found None, expected a frame number'),
        (4, 1001, 'row 2, column OffsetF: found 1001, expected a frame number from the onset 1011'),
        (4, 1081, 'row 2: event 1011..1081 past the end of s01_ne_01, which has 80 frames'),
        (6, 900, 'row 2: the first frame has the number 900, but 1001 in'),
        (1, 's9_ne_01', 'video s09_ne_01 has no folder of frames, but labels in rows 2'),
    ],
)
def test_row_not_understood(tmp_path: Path, column: int, value: object, message: str) -> None:
    row = list(LABELS[0])
    row[column] = value
    write_smic(tmp_path, [row, *LABELS[1:]])
    with pytest.raises(AnnotationError) as raised:
        read_smic(tmp_path)
    assert len(raised.value.problems) == 1
    assert message in str(raised.value)
    data, report = read_smic(tmp_path, lenient=True)
    assert lost_rows(data, report, ROWS) == []
    assert len(events_of(data, 's13_sur_02')) == 2
