import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.io.csv_layout import (
    MEGC_LAYOUT,
    STR_LAYOUT,
    UNKNOWN_LABEL,
    CsvLayout,
    VideoDetections,
    parse_columns,
)
from mmaction_mespot.evaluation.io.detection_csv import read_detection_csv, write_detection_csv
from mmaction_mespot.intervals.detections import MAE, ME, Detections

MEGC = 'vid,pred_onset,pred_offset,type\nspNO.1_a,1,40,mae\nspNO.1_a,101,112,me\n006_1,7,7,me\n'
STR = 'subject,video,onset,offset,emotion\ns15,0101,11,20,negative\ns15,0102,1,15,surprise\n'


def write(path, text):
    path.write_text(text, encoding='utf-8')
    return path


def test_megc_is_one_based_and_inclusive(tmp_path):
    first, second = read_detection_csv(write(tmp_path / 'a.csv', MEGC), MEGC_LAYOUT)
    assert (first.video, second.video) == ('spNO.1_a', '006_1')
    assert first.detections.segments.tolist() == [[0, 40], [100, 112]]
    assert first.detections.labels.tolist() == [MAE, ME]
    assert second.detections.segments.tolist() == [[6, 7]]
    assert first.detections.scores.tolist() == [1, 1]


@pytest.mark.parametrize(('text', 'layout'), [(MEGC, MEGC_LAYOUT), (STR, STR_LAYOUT)])
def test_the_round_trip_is_exact(tmp_path, text, layout):
    videos = read_detection_csv(write(tmp_path / 'a.csv', text), layout)
    rows = write_detection_csv(videos, tmp_path / 'new' / 'b.csv', layout)
    assert rows == text.count('\n') - 1
    assert (tmp_path / 'new' / 'b.csv').read_bytes() == text.encode()
    assert [file.name for file in (tmp_path / 'new').iterdir()] == ['b.csv']


segments = st.lists(
    st.tuples(st.integers(0, 5000), st.integers(1, 400), st.integers(0, 1)), min_size=1, max_size=8
)


@settings(deadline=None, max_examples=40)
@given(st.dictionaries(st.from_regex(r'[a-z0-9_.]{1,8}', fullmatch=True), segments, max_size=4))
def test_what_is_exported_comes_back(tmp_path_factory, drawn):
    path = tmp_path_factory.mktemp('megc') / 'a.csv'
    videos = []
    for name, rows in drawn.items():
        table = np.array(rows)
        spans = np.stack([table[:, 0], table[:, 0] + table[:, 1]], axis=1)
        videos.append(VideoDetections(name, Detections(spans, np.ones(len(rows)), table[:, 2])))
    write_detection_csv(videos, path, MEGC_LAYOUT)
    read = read_detection_csv(path, MEGC_LAYOUT)
    assert [video.video for video in read] == list(drawn)
    for one, other in zip(videos, read, strict=True):
        np.testing.assert_array_equal(one.detections.segments, other.detections.segments)
        np.testing.assert_array_equal(one.detections.labels, other.detections.labels)


def test_boundaries_between_frames_are_rounded(tmp_path):
    found = Detections(np.array([[9.5, 20.4], [3.2, 3.3]]), np.ones(2), np.array([MAE, ME]))
    write_detection_csv([VideoDetections('v', found)], tmp_path / 'a.csv', MEGC_LAYOUT)
    assert (tmp_path / 'a.csv').read_text().splitlines()[1:] == ['v,11,20,mae', 'v,4,4,me']


def test_str_holds_emotions_and_micro_expressions_only(tmp_path):
    first, second = read_detection_csv(write(tmp_path / 'a.csv', STR), STR_LAYOUT)
    assert (first.subject, first.video, first.emotions) == ('s15', '0101', ('negative',))
    assert second.detections.segments.tolist() == [[0, 15]]
    assert second.detections.labels.tolist() == [ME]
    both = Detections(np.array([[0, 9], [20, 60]]), np.ones(2), np.array([ME, MAE]))
    video = VideoDetections('v', both, subject='s', emotions=('a', 'b'))
    assert write_detection_csv([video], tmp_path / 'b.csv', STR_LAYOUT) == 1
    with pytest.raises(MESpotError, match=r'b\.csv: column emotion needs a value, video v has none'):
        write_detection_csv([VideoDetections('v', both, subject='s')], tmp_path / 'b.csv', STR_LAYOUT)
    with pytest.raises(ValueError, match='1 emotions for 2 detections'):
        VideoDetections('v', both, emotions=('a',))


def test_named_columns(tmp_path):
    text = 'clip,from,to,p,kind,note\nv,0,10,0.25,micro-expression,x\nv,20,50,0.5,MaE,\n'
    columns = 'video=clip,start=from,end=to,score=p,label=kind'
    (video,) = read_detection_csv(write(tmp_path / 'a.csv', text), columns=columns)
    assert video.detections.segments.tolist() == [[0, 10], [20, 50]]
    assert video.detections.scores.tolist() == [0.25, 0.5]
    assert video.detections.labels.tolist() == [ME, MAE]
    plain = write(tmp_path / 'b.csv', 'video,start,end\nv,0,10\n')
    assert read_detection_csv(plain, CsvLayout())[0].detections.labels.tolist() == [UNKNOWN_LABEL]
    with pytest.raises(MESpotError, match="columns: found 'begin=from', expected KEY=COLUMN with KEY one of"):
        parse_columns('begin=from')


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        ('vid,pred_onset,type\n', r"a\.csv: columns \['pred_offset'\] expected, found \['vid', 'pred_onset'"),
        ('', r'columns .* expected, found \[\]'),
        (MEGC + 'v,x,5,me\n', r"a\.csv, row 5, column pred_onset: a number expected, found 'x'"),
        (MEGC + 'v,1,nan,me\n', r"row 5, column pred_offset: a number expected, found 'nan'"),
        (MEGC + 'v,1,5,smile\n', r"row 5, column type: found class 'smile', expected one such as mae"),
        (MEGC + 'v,6,5,me\n', r'row 5: end 5, expected at least the start 6'),
        (MEGC + 'v,6,5\n', r'row 5: expected 4 cells'),
        (MEGC + 'v,6,9,me,1\n', r'row 5: expected 4 cells'),
        (MEGC + ',6,9,me\n', r'row 5, column vid: the name of a video expected'),
    ],
)
def test_what_is_wrong_is_named(tmp_path, text, message):
    with pytest.raises(MESpotError, match=message):
        read_detection_csv(write(tmp_path / 'a.csv', text), MEGC_LAYOUT)


def test_no_file(tmp_path):
    with pytest.raises(FileNotFoundError, match=r'a\.csv: no such file of detections'):
        read_detection_csv(tmp_path / 'a.csv', MEGC_LAYOUT)


@pytest.mark.parametrize(
    ('text', 'segment', 'labels'),
    [
        ('video_name,start_frame,end_frame,score,type_idx\nv,11,20,.5,1\nv,11,20,.5,2\n', [10, 20], [0, 1]),
        ('Vid,Type,Type_Idx,Onset,Offset\nv,micro,1,11,20\n', [10, 20], [1]),
        ('video,onset_frame_0based,offset_frame_0based,label\nv,10,19,1\n', [10, 20], [1]),
        ('video,onset_frame_1based,offset_frame_1based,label\nv,11,20,MaE\n', [10, 20], [0]),
        ('video;start;end;class\nv;10,0;20,0;0\n', [10, 20], [0]),
    ],
)
def test_how_titles_count_frames_and_classes(tmp_path, text, segment, labels):
    (tmp_path / 'a.csv').write_text(text)
    (video,) = read_detection_csv(tmp_path / 'a.csv')
    assert video.detections.segments.tolist() == [segment] * len(labels)
    assert video.detections.labels.tolist() == labels


def test_a_class_by_its_index(tmp_path):
    (tmp_path / 'a.csv').write_text('video,start_frame,end_frame,type_idx\nv,1,2,0\n')
    with pytest.raises(
        MESpotError, match=r"column type_idx: found class '0', expected 1 \(MaE\) or 2 \(ME\)"
    ):
        read_detection_csv(tmp_path / 'a.csv')
    (tmp_path / 'a.csv').write_text('')
    assert read_detection_csv(tmp_path / 'a.csv') == []


def test_seconds_are_no_frames(tmp_path):
    (tmp_path / 'a.csv').write_text('video,onset_s,offset_s,label\nv,0.3,1.6,MaE\n')
    with pytest.raises(MESpotError, match=r'seconds are not read, frames expected; .* start=NAME,end=NAME'):
        read_detection_csv(tmp_path / 'a.csv')
