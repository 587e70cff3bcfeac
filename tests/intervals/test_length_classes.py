import numpy as np

from mmaction_mespot.intervals.detections import MAE, ME
from mmaction_mespot.intervals.length_classes import label_by_length


def test_half_a_second_is_still_a_micro_expression():
    segments = np.array([[0, 15], [0, 16], [3, 9]])
    assert label_by_length(segments, 30).tolist() == [ME, MAE, ME]
    assert label_by_length(segments * 2, 60).tolist() == [ME, MAE, ME]
