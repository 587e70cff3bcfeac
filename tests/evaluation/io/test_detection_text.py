import pytest

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.io.detection_text import read_detection_texts
from mmaction_mespot.evaluation.io.video_detections import UNKNOWN_LABEL
from mmaction_mespot.intervals.detections import ME


def test_a_file_a_video(tmp_path):
    (tmp_path / 's01_0101.txt').write_text('# start end score\n10 20 0.9\n\n30,45.5,0.25 me\n')
    (tmp_path / 's01_0102.txt').write_text('')
    first, second = read_detection_texts(tmp_path)
    assert (first.video, second.video, len(second.detections)) == ('s01_0101', 's01_0102', 0)
    assert first.detections.segments.tolist() == [[10, 20], [30, 45.5]]
    assert first.detections.scores.tolist() == [0.9, 0.25]
    assert first.detections.labels.tolist() == [UNKNOWN_LABEL, ME]
    counted_from_one = read_detection_texts(tmp_path, first_frame=1, inclusive=True)[0]
    assert counted_from_one.detections.segments[0].tolist() == [9, 20]


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        ('1 2\n', r"v\.txt, row 1: found '1 2', expected: start end score \[class\]"),
        ('1 5 0.5\n1 b 0.5\n', r"row 2: a number expected, found 'b'"),
        ('5 5 0.5\n', 'row 1: end 5, expected beyond the start 5'),
        ('1 5 0.5 grin\n', "row 1: found class 'grin'"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, text, message):
    (tmp_path / 'v.txt').write_text(text)
    with pytest.raises(MESpotError, match=message):
        read_detection_texts(tmp_path)


def test_no_text_file(tmp_path):
    with pytest.raises(MESpotError, match='one text file a video expected'):
        read_detection_texts(tmp_path)
