import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmaction_mespot.evaluation.functional.counts import count_videos
from mmaction_mespot.evaluation.functional.ranking import best_thresholds, rank_class
from mmaction_mespot.evaluation.functional.video_result import VideoResult
from mmaction_mespot.intervals.detections import CLASSES, MAE, ME, Detections


def test_hits_at_each_score(benchmark_videos):
    ranking = rank_class(benchmark_videos, MAE)
    assert ranking.scores.tolist() == [0.9, 0.8, 0.7, 0.6]
    assert ranking.detections.tolist() == [1, 2, 3, 4]
    assert ranking.tp.tolist() == [1, 1, 1, 2]
    assert ranking.ground_truths == 3
    assert rank_class(benchmark_videos, ME).tp.tolist() == [1, 1, 2]


def test_equal_scores_stand_together(make_video):
    videos = [make_video([(0, 10, 0)], [(0, 10, 0.5, 0), (50, 60, 0.5, 0), (70, 80, 0.2, 0)])]
    ranking = rank_class(videos, MAE)
    assert ranking.detections.tolist() == [2, 3]
    assert ranking.tp.tolist() == [1, 1]
    assert len(rank_class([], MAE).scores) == 0


def test_midway_between_the_last_score_kept_and_the_first_dropped(make_video):
    truth = [(0, 10, 0), (20, 30, 0)]
    found = [(0, 10, 0.9, 0), (20, 30, 0.8, 0), (50, 60, 0.4, 0), (70, 80, 0.3, 0)]
    thresholds = best_thresholds([make_video(truth, found)])
    assert thresholds[0] == pytest.approx(0.6)
    # No candidate of the other class at all.
    assert thresholds[1] == 1.0


def test_best_cut_computed_by_hand(benchmark_videos):
    # MaE F1 at .9 .8 .7 .6: 2/4, 2/5, 2/6, 4/7. ME at .95 .5 .4: 2/3, 2/4, 4/5. All are kept.
    assert best_thresholds(benchmark_videos) == (0.6, 0.4)
    # At IoU 0.9 only the first MaE and the two MEs are hits (28/30, 9/10, 12/12): MaE is cut after .9.
    strict = best_thresholds(benchmark_videos, 0.9)
    assert strict == (pytest.approx(0.85), 0.4)


def test_where_nothing_helps_nothing_is_kept(make_video):
    assert best_thresholds([make_video([(0, 10, 0)], [(50, 60, 0.9, 0), (5, 9, 0.8, 1)])]) == (1.0, 1.0)
    certain = [make_video([], [(50, 60, 1.0, 0), (5, 9, 3.5, 1)])]
    for limit, score in zip(best_thresholds(certain), (1.0, 3.5), strict=True):
        assert score < limit < score + 1e-5


def test_of_equal_cuts_the_one_with_fewest_detections(make_video):
    # F1 1/1.5 with one hit of one, and with two hits of four: 2/3 and 4/6.
    found = [(0, 10, 0.9, 0), (50, 60, 0.8, 0), (70, 80, 0.7, 0), (20, 30, 0.6, 0)]
    assert best_thresholds([make_video([(0, 10, 0), (20, 30, 0)], found)])[0] == pytest.approx(0.85)


def test_equal_scores_are_kept_or_dropped_together(make_video):
    found = [(0, 10, 0.5, 0), (50, 60, 0.5, 0), (70, 80, 0.5, 0), (20, 30, 0.4, 0)]
    threshold = best_thresholds([make_video([(0, 10, 0), (20, 30, 0)], found)])[0]
    assert threshold == 0.4


def test_neighbouring_float32_scores_are_told_apart_by_a_float32_buffer(make_video):
    high = np.float32(0.7)
    low = np.nextafter(high, np.float32(0))
    found = [(0, 10, float(high), 0), (50, 60, float(low), 0)]
    threshold = best_thresholds([make_video([(0, 10, 0)], found)])[0]
    assert float(low) < float(np.float32(threshold)) <= float(high)


rows = st.lists(st.tuples(st.integers(0, 40), st.integers(2, 12), st.integers(0, 1)), max_size=5)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(rows, rows), min_size=1, max_size=3), st.randoms(use_true_random=False))
def test_no_threshold_is_better(drawn, random):
    videos = []
    for number, (truth, found) in enumerate(drawn):
        t, f = (np.array(r, dtype=np.float64).reshape(-1, 3) for r in (truth, found))
        scores = [random.choice([0.1, 0.3, 0.5, 0.7, 0.9]) for _ in found]
        to_segments = [np.stack([r[:, 0], r[:, 0] + r[:, 1]], axis=1) for r in (t, f)]
        detections = Detections(to_segments[1], scores, f[:, 2])
        videos.append(VideoResult(str(number), 's', None, 30, 60, to_segments[0], t[:, 2], detections))

    def f1(thresholds):
        counts = count_videos([video.with_thresholds(thresholds) for video in videos])
        return [counts[name].f1 for name in CLASSES]

    best = f1(best_thresholds(videos))
    for threshold in (0, 0.2, 0.4, 0.6, 0.8, 1.0):
        assert all(a >= b for a, b in zip(best, f1((threshold, threshold)), strict=True))
    reordered = [dataclasses.replace(v, detections=v.detections[::-1]) for v in videos[::-1]]
    assert best_thresholds(reordered) == best_thresholds(videos)
