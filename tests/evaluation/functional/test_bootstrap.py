import dataclasses

import numpy as np
import pytest

from mmaction_mespot.evaluation.functional.bootstrap import bootstrap_difference, bootstrap_f1
from mmaction_mespot.evaluation.functional.protocol import Protocol
from mmaction_mespot.intervals.detections import Detections


def people(make_video, good, bad):
    """Subjects whose only event is found, and subjects whose event is missed."""
    hit, miss = [(0, 10, 0.9, 0)], [(50, 60, 0.9, 0)]
    return [
        make_video([(0, 10, 0)], hit if number < good else miss, f'v{number}', f's{number:02d}')
        for number in range(good + bad)
    ]


def test_two_people_one_found(make_video):
    # Draws of two: F1 0 with chance 1/4, 1/2 with chance 1/2, 1 with chance 1/4.
    interval = bootstrap_f1(people(make_video, 1, 1))['MaE']
    assert (interval.value, interval.low, interval.high) == (0.5, 0, 1)


def test_interval_fits_the_binomial_distribution(make_video):
    # F1 is the share of found people; of 40 with chance 0.5 the 2.5 % quantile is 14/40.
    interval = bootstrap_f1(people(make_video, 20, 20), samples=20000)['overall']
    assert interval.value == 0.5
    assert interval.low == pytest.approx(14 / 40, abs=0.03)
    assert interval.high == pytest.approx(26 / 40, abs=0.03)


def test_the_seed_decides(benchmark_videos):
    assert bootstrap_f1(benchmark_videos, seed=3) == bootstrap_f1(benchmark_videos[::-1], seed=3)
    assert bootstrap_f1(benchmark_videos, samples=7, seed=3) != bootstrap_f1(
        benchmark_videos, samples=7, seed=4
    )


def test_one_subject_has_no_spread(benchmark_videos):
    one = [dataclasses.replace(video, subject='s01') for video in benchmark_videos]
    for name, f1 in (('MaE', 4 / 7), ('ME', 4 / 5), ('overall', 8 / 12), ('overall_agnostic', 8 / 12)):
        interval = bootstrap_f1(one)[name]
        assert (interval.value, interval.low, interval.high) == (f1, f1, f1)


def test_difference_of_paired_draws(make_video):
    better, worse = people(make_video, 10, 10), people(make_video, 5, 15)
    difference = bootstrap_difference(better, worse)['MaE']
    assert difference.value == 0.25
    assert 0 < difference.low < 0.25 < difference.high
    same = bootstrap_difference(better, better)['MaE']
    assert (same.value, same.low, same.high) == (0, 0, 0)
    assert bootstrap_difference(worse, better)['MaE'].value == -0.25


def test_no_detection_at_all_gives_zero(make_video):
    silent = [dataclasses.replace(v, detections=Detections.empty()) for v in people(make_video, 2, 2)]
    assert bootstrap_f1(silent)['MaE'].high == 0
    assert not np.isnan(bootstrap_f1(silent)['ME'].low)


def test_input_that_makes_no_sense(make_video, benchmark_videos):
    with pytest.raises(ValueError, match='no video'):
        bootstrap_f1([])
    with pytest.raises(ValueError, match=r"in one of them only: .*'s02_0101'"):
        bootstrap_difference(benchmark_videos, benchmark_videos[:2])


def test_a_protocol_decides_what_counts(make_video):
    videos = [make_video([(0, 10, 0)], [(0, 5, 0.9, 0)])]
    assert bootstrap_f1(videos)['MaE'].value == 1
    assert bootstrap_f1(videos, Protocol(strict=True))['MaE'].value == 0
