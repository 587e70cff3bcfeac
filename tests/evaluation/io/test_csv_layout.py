"""Every layout that published detections come in, each with made rows that mean the same two detections."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.io.csv_layout import UNKNOWN_LABEL, class_of, layout_of_header
from mmaction_mespot.evaluation.io.detection_csv import read_detection_csv
from mmaction_mespot.intervals.detections import MAE, ME

LAYOUTS = {
    'megc 2022': 'vid,pred_onset,pred_offset,type\n15_0101,11,50,mae\n15_0101,101,110,me\n',
    'megc 2023': 'vid,onset,offset,type\n15_0101,11,50,mae\n15_0101,101,110,me\n',
    'another order': 'Type,Offset,VID,Onset\nMacro,50,15_0101,11\nMicro,110,15_0101,101\n',
    'with scores': 'video,start,end,score,label\n15_0101,10,50,1,MaE\n15_0101,100,110,1.0,ME\n',
    'spreadsheet': 'sep=;\nVideo;Onset;Offset;Type\n15_0101;11,0;50,0;MaE\n15_0101;101,0;110,0;ME\n',
    'headerless': '15_0101,10,50,1.0,mae\n15_0101,100,110,1.0,me\n',
    'video behind': '10\t50\t1.0\tmae\t15_0101\n100\t110\t1.0\tme\t15_0101\n',
    'class by number': 'a/15_0101 10 50 0.9 0\na/15_0101 100 110 0.8 1\n',
    'next to a subject': 's15,15_0101,10,50,mae\ns15,15_0101,100,110,me\n',
}


@pytest.mark.parametrize('kind', LAYOUTS)
@pytest.mark.parametrize('encoding', ['utf-8-sig', 'utf-16'])
def test_layouts(tmp_path, kind, encoding):
    (tmp_path / 'a.csv').write_text(LAYOUTS[kind], encoding=encoding)
    (video,) = read_detection_csv(tmp_path / 'a.csv')
    assert video.video.removeprefix('a/') == '15_0101'
    assert video.detections.segments.tolist() == [[10, 50], [100, 110]]
    assert video.detections.labels.tolist() == [MAE, ME]
    assert video.subject == ('s15' if kind == 'next to a subject' else None)


def test_three_columns_without_a_class(tmp_path):
    (tmp_path / 'a.csv').write_text('15_0101,10,50\n15_0101,100,110\n')
    (video,) = read_detection_csv(tmp_path / 'a.csv')
    assert video.detections.labels.tolist() == [UNKNOWN_LABEL] * 2
    assert video.detections.scores.tolist() == [1, 1]


@given(st.permutations(['vid', 'pred_onset', 'pred_offset', 'type', 'score']), st.integers(0, 31))
def test_any_order_and_case_of_a_header(order, upper):
    header = [name.upper() if upper >> i & 1 else name for i, name in enumerate(order)]
    layout = layout_of_header(header, 'a.csv')
    found = [layout.video, layout.start, layout.end, layout.label, layout.score]
    assert [name.lower() for name in found] == ['vid', 'pred_onset', 'pred_offset', 'type', 'score']
    assert (layout.first_frame, layout.inclusive) == (1, True)


def test_an_unknown_header_names_the_option(tmp_path):
    (tmp_path / 'a.csv').write_text('clip_nr,onsett,off_set,kind\nv,1,5,me\n')
    with pytest.raises(MESpotError) as raised:
        read_detection_csv(tmp_path / 'a.csv')
    assert 'columns for video, start expected' in str(raised.value)
    assert 'the nearest: --columns video=clip_nr,start=onsett,end=off_set' in str(raised.value)
    columns = 'video=clip_nr,start=onsett,end=off_set,label=kind'
    (video,) = read_detection_csv(tmp_path / 'a.csv', columns=columns)
    assert video.detections.segments.tolist() == [[1, 5]]
    # A name of one column is enough where the others are known, and leaves the way of counting alone.
    (tmp_path / 'a.csv').write_text('nr,onset,offset\nv,1,5\n')
    (video,) = read_detection_csv(tmp_path / 'a.csv', columns='video=NR')
    assert video.detections.segments.tolist() == [[0, 5]]


def test_what_columns_mean_is_not_guessed(tmp_path):
    for text in ('1,2,3,4,5\n', '7,10,20\n', 'a,b,c,1,2\n', 'v,1,2,0.5,3\n'):
        (tmp_path / 'a.csv').write_text(text)
        with pytest.raises(MESpotError, match=r'no header, and from .* or --columns with positions'):
            read_detection_csv(tmp_path / 'a.csv')
    (tmp_path / 'a.csv').write_text('7,10,20\n')
    (video,) = read_detection_csv(tmp_path / 'a.csv', columns='video=1,start=2,end=3')
    assert (video.video, video.detections.segments.tolist()) == ('7', [[10, 20]])


def test_names_of_classes():
    for text, extra in itertools.product(('macro', 'MaE', 'Macro-expression', 'mae '), ('', ' - 1/2')):
        assert class_of(text + extra) == MAE
    for text in ('me', 'Micro', 'Micro - 1/2', 'micro_expression', 'microexpression', '1'):
        assert class_of(text) == ME
    for text in ('smile', 'merry', '2', '', 'macrophage'):
        assert class_of(text) is None
