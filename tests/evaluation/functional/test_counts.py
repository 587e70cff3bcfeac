import dataclasses
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmaction_mespot.evaluation.functional.counts import (
    Counts,
    count_by_subject,
    count_videos,
    counts_to_array,
)
from mmaction_mespot.evaluation.functional.video_result import VideoResult
from mmaction_mespot.intervals.detections import CLASSES, Detections

truth_rows = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 15), st.integers(0, 1)), max_size=6)
found_rows = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 15), st.integers(0, 1), st.integers(0, 4)), max_size=10
)
videos_strategy = st.lists(st.tuples(truth_rows, found_rows), min_size=1, max_size=3)


def build(drawn):
    videos = []
    for number, (truth, found) in enumerate(drawn):
        truth = np.array(truth, dtype=np.float64).reshape(-1, 3)
        found = np.array(found, dtype=np.float64).reshape(-1, 4)
        videos.append(
            VideoResult(
                video_id=f'v{number}',
                subject=f's{number % 2}',
                part=None,
                fps=30,
                total_frames=100,
                segments=np.stack([truth[:, 0], truth[:, 0] + truth[:, 1]], axis=1),
                labels=truth[:, 2],
                detections=Detections(
                    np.stack([found[:, 0], found[:, 0] + found[:, 1]], axis=1), found[:, 3] / 4, found[:, 2]
                ),
            )
        )
    return videos


def test_ratios_and_what_is_undefined():
    counts = Counts(tp=2, fp=2, fn=1)
    assert (counts.precision, counts.recall, counts.f1) == (0.5, 2 / 3, 4 / 7)
    for undefined in (Counts(), Counts(fp=3), Counts(fn=3)):
        assert (undefined.precision, undefined.recall, undefined.f1) == (0, 0, 0)
    assert counts + Counts(1, 1, 1) == Counts(3, 3, 2)


def test_counts_computed_by_hand(benchmark_videos):
    counts = count_videos(benchmark_videos)
    assert counts['MaE'] == Counts(2, 2, 1)
    assert counts['ME'] == Counts(2, 1, 0)
    assert counts['overall'] == Counts(4, 3, 1)
    assert counts['overall_agnostic'] == Counts(4, 3, 1)
    assert counts_to_array(counts).tolist() == [[2, 2, 1], [2, 1, 0], [4, 3, 1], [4, 3, 1]]
    assert count_by_subject(benchmark_videos)['s01']['MaE'] == Counts(1, 2, 1)
    assert count_by_subject(benchmark_videos)['s02']['overall'] == Counts(2, 0, 0)


def test_the_wrong_class_is_a_hit_only_where_the_class_is_ignored(make_video):
    counts = count_videos([make_video([(0, 12, 1)], [(0, 12, 0.9, 0)])])
    assert counts['MaE'] == Counts(0, 1, 0)
    assert counts['ME'] == Counts(0, 0, 1)
    assert counts['overall'] == Counts(0, 1, 1)
    assert counts['overall_agnostic'] == Counts(1, 0, 0)


def test_false_alarms_in_a_video_without_events_count(make_video):
    videos = [make_video([(0, 10, 0)], [(0, 10, 0.9, 0)]), make_video([], [(5, 9, 0.9, 0)])]
    assert count_videos(videos)['overall'] == Counts(1, 1, 0)
    assert count_videos([])['overall'] == Counts()


@settings(deadline=None, max_examples=50)
@given(videos_strategy, st.randoms(use_true_random=False), st.integers(-50, 50))
def test_counts_add_up_and_do_not_depend_on_order_place_or_name(drawn, random, shift):
    videos = build(drawn)
    counts = count_videos(videos)
    for label, name in enumerate(CLASSES):
        assert counts[name].tp + counts[name].fn == sum((v.labels == label).sum() for v in videos)
        assert counts[name].tp + counts[name].fp == sum((v.detections.labels == label).sum() for v in videos)
    assert counts['overall_agnostic'].tp >= counts['overall'].tp

    shuffled = [
        dataclasses.replace(v, video_id=f'other{v.video_id}', segments=v.segments + shift)
        for v in build([(random.sample(t, len(t)), random.sample(f, len(f))) for t, f in drawn])
    ]
    shuffled = [
        dataclasses.replace(
            v, detections=dataclasses.replace(v.detections, segments=v.detections.segments + shift)
        )
        for v in shuffled
    ]
    random.shuffle(shuffled)
    assert count_videos(shuffled) == counts


@settings(deadline=None, max_examples=50)
@given(videos_strategy)
def test_a_perfect_detector_gets_one(drawn):
    videos = [
        dataclasses.replace(
            v, detections=Detections(v.segments, np.linspace(0.1, 0.9, len(v.labels)), v.labels)
        )
        for v in build(drawn)
    ]
    counts = count_videos(videos)
    for name in (*CLASSES, 'overall', 'overall_agnostic'):
        assert counts[name].fp == counts[name].fn == 0
        assert counts[name].f1 == (1 if counts[name].tp else 0)


def test_ten_thousand_detections_are_counted_quickly():
    generator = np.random.default_rng(0)
    videos = []
    for number in range(500):
        starts = generator.integers(0, 2000, 22).astype(float)
        segments = np.stack([starts, starts + generator.integers(5, 40, 22)], axis=1)
        labels = generator.integers(0, 2, 22)
        found = Detections(segments[2:], generator.random(20), labels[2:])
        videos.append(VideoResult(str(number), 's', None, 30, 2100, segments[:2], labels[:2], found))
    begin = time.perf_counter()
    counts = count_videos(videos)
    # 0.1 s on a slow core; the limit leaves room for a busy machine.
    assert time.perf_counter() - begin < 2
    assert counts['overall'].tp + counts['overall'].fp == 10000


def test_an_iou_threshold_out_of_range(benchmark_videos):
    with pytest.raises(ValueError, match='iou_threshold'):
        count_videos(benchmark_videos, 0)
