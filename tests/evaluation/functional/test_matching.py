import numpy as np
import pytest

from mmaction_mespot.evaluation.functional.matching import match_one_to_one
from mmaction_mespot.intervals.detections import MAE, ME, Detections


def match(found, truth, iou_threshold=0.5, own_class=True):
    found = np.array(found, dtype=np.float64).reshape(-1, 4)
    truth = np.array(truth, dtype=np.float64).reshape(-1, 3)
    detections = Detections(found[:, :2], found[:, 2], found[:, 3])
    return match_one_to_one(detections, truth[:, :2], truth[:, 2], iou_threshold, own_class).tolist()


def test_the_threshold_is_inclusive():
    # 5 of 10 frames; 5 of 11.
    assert match([(0, 5, 0.9, MAE)], [(0, 10, MAE)]) == [0]
    assert match([(0, 5, 0.9, MAE)], [(0, 11, MAE)]) == [-1]
    # The paper's T_eval of 0.3 and 0.35 on whole frames: 3 of 10, 7 of 20.
    assert match([(0, 3, 0.9, MAE)], [(0, 10, MAE)], 0.3) == [0]
    assert match([(0, 7, 0.9, MAE)], [(0, 20, MAE)], 0.35) == [0]


def test_a_ground_truth_is_used_once_by_the_highest_score():
    assert match([(0, 10, 0.5, MAE), (0, 9, 0.9, MAE)], [(0, 10, MAE)]) == [-1, 0]


def test_a_detection_takes_the_free_ground_truth_that_it_overlaps_most():
    truth = [(0, 10, MAE), (4, 16, MAE)]
    # [2, 12) overlaps the first by 8/12 and the second by 8/14; the second detection gets what is left.
    assert match([(2, 12, 0.9, MAE), (2, 12, 0.8, MAE), (2, 12, 0.7, MAE)], truth) == [0, 1, -1]


def test_the_class_counts_unless_told_otherwise():
    assert match([(0, 10, 0.9, MAE)], [(0, 10, ME)]) == [-1]
    assert match([(0, 10, 0.9, MAE)], [(0, 10, ME)], own_class=False) == [0]


def test_ties_do_not_depend_on_the_order():
    # Equal scores: the earlier detection first. [2, 12) takes the left truth by 8/12, [6, 16) gets the right.
    truth = [(0, 10, MAE), (8, 18, MAE)]
    assert match([(2, 12, 0.5, MAE), (6, 16, 0.5, MAE)], truth) == [0, 1]
    assert match([(6, 16, 0.5, MAE), (2, 12, 0.5, MAE)], truth[::-1]) == [0, 1]


def test_nothing_to_match():
    assert match([], [(0, 10, MAE)]) == []
    assert match([(0, 10, 0.9, MAE)], []) == [-1]


@pytest.mark.parametrize('bad', [0, 1.1])
def test_a_threshold_out_of_range(bad):
    with pytest.raises(ValueError, match='iou_threshold'):
        match([], [], bad)
