import pytest

from mmaction_mespot.evaluation.functional.ap import average_precision, mean_average_precision
from mmaction_mespot.evaluation.functional.protocol import Protocol


def test_area_computed_by_hand(benchmark_videos):
    # MaE: hits at ranks 1 and 4 of 4, three ground truths: (1/1 + 2/4) / 3.
    # ME: hits at ranks 1 and 3 of 3, two ground truths: (1/1 + 2/3) / 2.
    expected = {'MaE': (1 + 1 / 2) / 3, 'ME': (1 + 2 / 3) / 2}
    assert average_precision(benchmark_videos) == pytest.approx(expected)


def test_all_point_interpolation_takes_the_best_precision_further_on(make_video):
    # Ranks: miss, hit, hit. Precision .5, .667: the envelope is .667 at both recalls.
    truth = [(0, 10, 0), (20, 30, 0)]
    found = [(50, 60, 0.9, 0), (0, 10, 0.8, 0), (20, 30, 0.7, 0)]
    assert average_precision([make_video(truth, found)])['MaE'] == pytest.approx(2 / 3)


def test_limits(make_video):
    perfect = make_video([(0, 10, 0), (20, 25, 1)], [(0, 10, 0.2, 0), (20, 25, 0.1, 1)])
    assert average_precision([perfect]) == {'MaE': 1.0, 'ME': 1.0}
    assert average_precision([make_video([], [(0, 10, 0.5, 0)])]) == {'MaE': 0.0, 'ME': 0.0}
    assert average_precision([make_video([(0, 10, 0)])]) == {'MaE': 0.0, 'ME': 0.0}


def test_ties_do_not_favour_an_order(make_video):
    found = [(0, 10, 0.5, 0), (50, 60, 0.5, 0)]
    for order in (found, found[::-1]):
        assert average_precision([make_video([(0, 10, 0)], order)])['MaE'] == 0.5


def test_mean_over_thresholds_and_classes(make_video):
    # MaE: IoU 0.6 counts at 0.3, 0.4, 0.5 and 0.6; ME is perfect.
    video = make_video([(0, 10, 0), (20, 25, 1)], [(0, 6, 0.9, 0), (20, 25, 0.9, 1)])
    assert mean_average_precision([video]) == pytest.approx({'MaE': 0.8, 'ME': 1.0, 'mAP': 0.9})


def test_a_protocol_decides_what_is_ranked(make_video):
    video = make_video([(0, 10, 0)], [(0, 5, 0.9, 0)])
    assert average_precision([video])['MaE'] == 1
    assert average_precision([video], Protocol(strict=True))['MaE'] == 0
    assert average_precision([video], Protocol(class_rule='by_duration')) == {'MaE': 0, 'ME': 1}
