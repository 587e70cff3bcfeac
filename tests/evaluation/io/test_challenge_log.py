import pytest

from mmaction_mespot.delimited_text import TextRow
from mmaction_mespot.evaluation.io.challenge_log import detections_of_log
from mmaction_mespot.evaluation.io.detection_csv import read_detection_csv

LOG = """1
006_1   12      40      10      44      TP
006_1   12      40      12      41      TP
006_1   50      60      12      41      TP
006_1   90      99      -       -       FN
2
s91/91_0102* __ __ -8 16 FP
"""


def test_each_detection_once(tmp_path):
    (tmp_path / 'log.txt').write_text(LOG)
    first, second = read_detection_csv(tmp_path / 'log.txt')
    assert (first.video, second.video) == ('006_1', 's91/91_0102')
    assert first.detections.segments.tolist() == [[9, 44], [11, 41]]
    assert second.detections.segments.tolist() == [[-9, 16]]
    assert (first.first_frame, first.inclusive) == (1, True)
    assert first.places[1].endswith('log.txt, row 3: 2 12, 3 41')


def test_the_log_of_lgsnet_has_the_detection_first(tmp_path):
    text = '91_0102, 10, 44, 12, 40, TP\n91_0102, _, _, 90, 99, FP\n91_0102, 60, 70, _, _, FN\n'
    (tmp_path / 'best.log').write_text(text)
    (video,) = read_detection_csv(tmp_path / 'best.log')
    assert video.detections.segments.tolist() == [[9, 44], [59, 70]]


@pytest.mark.parametrize(
    'cells', [(), ('v', '1', '2', '3', '4', 'tp?'), ('v', '1', '2', 'TP'), ('v', '1', '2', '3', '4')]
)
def test_other_tables_are_no_logs(cells):
    assert detections_of_log([TextRow(1, cells)]) is None
