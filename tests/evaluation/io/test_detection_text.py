import pytest

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.io.csv_layout import UNKNOWN_LABEL
from mmaction_mespot.evaluation.io.detection_text import read_detection_texts
from mmaction_mespot.intervals.detections import MAE, ME


def test_a_file_a_video(tmp_path):
    (tmp_path / 's01_0101.txt').write_text('# start end score\n10 20 0.9 mae\n\n30 45.5 0.25 me\n')
    (tmp_path / 's01_0102.txt').write_text('')
    first, second = read_detection_texts(tmp_path)
    assert (first.video, second.video, len(second.detections)) == ('s01_0101', 's01_0102', 0)
    assert first.detections.segments.tolist() == [[10, 20], [30, 45.5]]
    assert first.detections.scores.tolist() == [0.9, 0.25]
    assert first.detections.labels.tolist() == [MAE, ME]
    counted_from_one = read_detection_texts(tmp_path, first_frame=1, inclusive=True)[0]
    assert counted_from_one.detections.segments[0].tolist() == [9, 20]


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        ('1\n', r"v\.txt, row 1: no header, and from \['1'\] it cannot be told"),
        ('1 5 0.5\n1 b 0.5\n', r"row 2, column 2: a number expected, found 'b'"),
        ('5 5 0.5\n', 'row 1: end 5, expected beyond the start 5'),
        ('1 5 0.5 grin\n', "row 1, column 4: found class 'grin'"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, text, message):
    (tmp_path / 'v.txt').write_text(text)
    with pytest.raises(MESpotError, match=message):
        read_detection_texts(tmp_path)


def test_all_problems_of_all_files_at_once(tmp_path):
    (tmp_path / 'a.txt').write_text('5 5 0.5\n1 9 0.5\n9 3 0.5\n')
    (tmp_path / 'b.txt').write_text('1 2 x\n1 3 0.5\n')
    with pytest.raises(MESpotError) as raised:
        read_detection_texts(tmp_path)
    lines = str(raised.value).splitlines()
    assert 'a.txt, row 1: end 5' in str(raised.value) and 'a.txt, row 3: end 3' in str(raised.value)
    assert 'b.txt, row 2, column 3' in lines[-1]


def test_the_video_in_the_lines_and_in_folders(tmp_path):
    (tmp_path / 's15').mkdir()
    (tmp_path / 's15' / 'all.txt').write_text('s15_0101 10 20 0.9\ns15_0102 1 5 0.5\n')
    (tmp_path / 'v.csv').write_text('onset,offset\n1,5\n')
    first, second, third = read_detection_texts(tmp_path)
    assert (first.video, second.video, third.video) == ('s15_0101', 's15_0102', 'v')
    assert first.detections.labels.tolist() == [UNKNOWN_LABEL]
    assert third.detections.segments.tolist() == [[0, 5]]
    (only,) = [v for v in read_detection_texts(tmp_path, only_label=ME) if v.video == 'v']
    assert only.detections.labels.tolist() == [ME]


def test_no_text_file(tmp_path):
    with pytest.raises(MESpotError, match='text files expected'):
        read_detection_texts(tmp_path)
