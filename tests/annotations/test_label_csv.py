"""Tables of labels in the layouts that are published; every row is made up."""

from __future__ import annotations

from pathlib import Path

import pytest
from reader_checks import events_of

from mmaction_mespot.annotations.annotation_error import AnnotationError
from mmaction_mespot.annotations.label_csv import read_labels
from mmaction_mespot.annotations.registry import read_dataset
from mmaction_mespot.annotations.schema import load_annotations, save_annotations

LAYOUTS = {
    'own': 'video,onset,apex,offset,type,subject\nv1.mp4,11,15,20,MaE,p1\nv1.mp4,31,,40,ME,p1\nv2,,,,,p2\n',
    'AUW-GCN': 'subject,video_name,start_frame,apex_frame,end_frame,type_idx,au\n'
    'casme_901,casme_901_0401,11,15,20,1,4+7\ncasme_901,casme_901_0401,31,0,40,2,38\n'
    'casme_902,casme_902_0101,50,60,0,1,12\n',
    'LGSNet': 'subject,video,type,type_idx,startFrame,endFrame,frame_num,length\n'
    '1,./long/s91/91_0401falling,macro-expression,1,11,20,100,9\n'
    '1,./long/s91/91_0401falling,micro-expression,2,31,40,100,9\n'
    '2,./long/s92/92_0101spider,macro-expression,1,50,70,60,20\n',
    'STRS': 'subject,video,onset,offset,emotion\n1,EP91_02,11,20,disgust\n2,EP91_02,31,40,others\n',
    'detections': 'video;start;end;label\nv1;10;20;0\nv1;30;40;1\n',
    'intervals': 'video,onset_frame_0based,apex_frame_0based,offset_frame_0based,type\n'
    'v1,10,14,19,MaE\nv1,30,,39,ME\n',
}
FIRST, SECOND = (10, 20), (30, 40)


def read(tmp_path: Path, text: str, encoding: str = 'utf-8', **options):
    (tmp_path / 'labels.csv').write_bytes(text.encode(encoding))
    return read_labels(tmp_path, **{'fps': 30.0, **options})


@pytest.mark.parametrize('name', LAYOUTS)
def test_every_layout_gives_the_same_intervals(tmp_path: Path, name: str) -> None:
    data, report = read(tmp_path, LAYOUTS[name])
    spans = [tuple(i['segment']) for v in data['data_list'] for i in v['instances']][:2]
    assert spans == [FIRST, SECOND]
    labels = [i['label'] for v in data['data_list'] for i in v['instances']][:2]
    assert labels == ([1, 1] if name == 'STRS' else [0, 1])
    assert data['metainfo']['labels_only'] is True
    assert ('counted from 0' in report.found['frames']) == (name in ('detections', 'intervals'))
    save_annotations(data, tmp_path / 'a.json')
    assert load_annotations(tmp_path / 'a.json', frames=False) == data
    with pytest.raises(AnnotationError, match='labels without frames'):
        load_annotations(tmp_path / 'a.json')


def test_names_and_people(tmp_path: Path) -> None:
    def people(name: str) -> list[tuple]:
        data, _ = read(tmp_path, LAYOUTS[name])
        return [(v['video_id'], v['subject'], v.get('total_frames')) for v in data['data_list']]

    assert people('own') == [('v1', 'p1', None), ('v2', 'p2', None)]
    assert people('AUW-GCN') == [('casme_901_0401', 'casme_901', None), ('casme_902_0101', 'casme_902', None)]
    assert people('LGSNet') == [('91_0401falling', '1', 100), ('92_0101spider', '2', 60)]
    assert people('STRS') == [('1_EP91_02', '1', None), ('2_EP91_02', '2', None)]
    assert people('detections') == [('v1', 'v1', None)]


def test_a_path_keeps_as_many_parts_as_tell_the_videos_apart(tmp_path: Path) -> None:
    text = 'video,onset,offset,type\n./a/spNO.1/b,1,9,ME\n.\\a\\spNO.2\\b,1,9,ME\n'
    data, report = read(tmp_path, text)
    assert [video['video_id'] for video in data['data_list']] == ['spNO.1_b', 'spNO.2_b']
    assert report.found['video names'] == 'last 2 parts of the paths in column video'


def test_events_of_the_published_tables(tmp_path: Path) -> None:
    data, report = read(tmp_path, LAYOUTS['AUW-GCN'])
    assert events_of(data, 'casme_901_0401') == [(10, 20, 0, 14), (30, 40, 1, None)]
    assert events_of(data, 'casme_902_0101') == [(49, 60, 0, 59)]
    assert (report.counts['apex_missing'], report.counts['offset_missing_apex']) == (1, 1)
    data, _ = read(tmp_path, LAYOUTS['AUW-GCN'], offset_rule='zero')
    assert events_of(data, 'casme_902_0101') == [(49, 50, 0, None)]
    data, report = read(tmp_path, LAYOUTS['LGSNet'])
    assert events_of(data, '92_0101spider') == [(49, 60, 0, None)]
    assert report.counts['past_end_clipped'] == 1


def test_what_no_column_tells(tmp_path: Path) -> None:
    data, report = read(tmp_path, 'Video,Onset,Offset\nv,1,15\nv,20,35\n')
    assert [event[2] for event in events_of(data, 'v')] == [1, 0]
    assert report.counts['class_by_length'] == 2
    _, report = read(tmp_path, LAYOUTS['STRS'])
    assert report.counts['all_micro'] == 2
    _, report = read(tmp_path, LAYOUTS['own'])
    assert report.counts['row_without_event'] == 1


@pytest.mark.parametrize('encoding', ['utf-8-sig', 'utf-16', 'cp1252'])
def test_encodings_separators_and_decimal_commas(tmp_path: Path, encoding: str) -> None:
    text = 'sep=;\r\nvideo;onset;offset;type;fps\r\nv\u00e9;11,0;20,4;MaE;29,97\r\n'
    data, report = read(tmp_path, text, encoding, fps=None)
    assert events_of(data, 'v\u00e9') == [(10, 20, 0, None)]
    assert (data['data_list'][0]['fps'], report.counts['offset_rounded']) == (29.97, 1)
    own, _ = read_dataset('own', tmp_path, labels_only=True, table='labels.csv')
    assert own == data


@pytest.mark.parametrize(
    ('text', 'options', 'message'),
    [
        ('video,onset,type\nv,1,ME\n', {}, r'columns for offset expected, found'),
        ('a,b,c\n1,2,3\n', {}, r"columns for video, onset, offset expected, found \['a', 'b', 'c'\]"),
        ('video,onset,offset\nv,1,2\n', {'fps': None}, 'no frame rate, expected a column fps or one given'),
        ('video,onset,offset\nv,1,2\n', {'fps': -1}, 'found -1, expected a number'),
        ('video,onset,offset,type_idx\nv,1,2,0\n', {}, r"row 2, column type_idx: found '0', expected 1"),
        ('video,onset,offset,type\nv,1,2,x\n', {}, r"row 2, column type: found 'x'"),
        ('video,onset,offset\nv,9,2\n', {}, r'row 2, column offset: found 2, expected .*--backward-rule'),
        ('video,onset,offset\nv,x,2\n', {}, r"row 2, column onset: found 'x', expected a frame number"),
        ('video,onset,offset\n,1,2\n', {}, 'row 2, column video: the name of a video expected'),
        (
            'video,onset,offset,frame_num\nv,1,2,9\nv,1,2,8\n',
            {},
            'row 3, column frame_num: .* 9, as',
        ),
        (
            'video,onset,offset,frame_num\nv,1,2,0\n',
            {},
            "row 2, .* found '0', expected a whole",
        ),
        ('video,onset,offset\n', {}, 'no row of labels'),
        ('video,onset,offset\nv,1,2\n', {'table': 'none.csv'}, r'none\.csv: .*no such label table'),
        ('', {}, 'columns|no row'),
    ],
)
def test_what_is_not_understood_is_named(tmp_path: Path, text: str, options: dict, message: str) -> None:
    with pytest.raises(AnnotationError, match=f'(?s){message}'):
        read(tmp_path, text, **options)


def test_lenient_leaves_out_what_is_not_understood(tmp_path: Path) -> None:
    data, report = read(tmp_path, 'video,onset,offset\nv,1,2\nv,x,2\n', lenient=True)
    assert (len(events_of(data, 'v')), report.counts['not_understood']) == (1, 1)
