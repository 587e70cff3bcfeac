import time

import numpy as np
import pytest

from mmaction_mespot.intervals.detections import MAE, ME, Detections
from mmaction_mespot.intervals.grid import window_starts
from mmaction_mespot.intervals.postprocess import (
    PostProcessing,
    WindowCandidates,
    apply_thresholds,
    keep_top_fraction,
    merge_windows,
)


def window(start, end, *rows):
    """Rows of (start, end, score, label)."""
    data = np.array(rows, dtype=np.float64).reshape(-1, 4)
    return WindowCandidates(Detections(data[:, :2], data[:, 2], data[:, 3]), start, end)


def merge(*windows, fps=10.0, total_frames=300, **settings):
    found = merge_windows(windows, fps, total_frames, PostProcessing(**settings))
    return [
        (*map(float, segment), float(score), int(label))
        for segment, score, label in zip(found.segments, found.scores, found.labels, strict=True)
    ]


def test_a_candidate_at_an_inner_border_goes_if_another_window_sees_it_better():
    left = window(0, 100, (90, 100, 0.9, MAE))
    right = window(50, 150, (88, 104, 0.5, MAE))
    # Its centre, 95, is 5 frames from the left window's end, but 45 within the right one.
    assert merge(left, right, edge_fraction=0.15) == [(88, 104, 0.5, MAE)]
    # 5 frames are no part of a margin of 4.
    assert merge(left, right, edge_fraction=0.04) == [(90, 100, 0.9, MAE)]
    # Nobody sees it better: it stays.
    assert merge(left, edge_fraction=0.15) == [(90, 100, 0.9, MAE)]


def test_the_borders_of_the_video_cut_nothing_off():
    first, second = window(0, 100, (0, 8, 0.9, MAE)), window(50, 150, (145, 150, 0.8, MAE))
    assert len(merge(first, second, total_frames=150)) == 2
    # In a longer video the second window's end is an inner border, and a third window sees beyond it.
    assert len(merge(first, second, window(100, 200), total_frames=200)) == 1


def test_candidates_are_clipped_into_the_video_and_empty_ones_dropped():
    found = merge(
        window(0, 100, (-5, 10, 0.9, MAE), (90, 120, 0.8, MAE), (101, 120, 0.7, MAE)), total_frames=100
    )
    assert found == [(0, 10, 0.9, MAE), (90, 100, 0.8, MAE)]


def test_lengths_are_limited_by_class_in_seconds():
    rows = [(0, 3, 0.9, MAE), (10, 15, 0.8, MAE), (30, 51, 0.7, MAE), (60, 62, 0.6, ME), (70, 77, 0.5, ME)]
    found = merge(window(0, 300, *rows), min_length_s=(0.5, 0.2), max_length_s=(2.0, 0.6))
    assert found == [(10, 15, 0.8, MAE), (60, 62, 0.6, ME)]


def test_a_weaker_candidate_of_the_other_class_on_top_goes():
    macro, micro = (100, 120, 0.9, MAE), (102, 106, 0.6, ME)
    assert merge(window(0, 300, macro, micro)) == [macro]
    # 2 of its 5 frames are 0.4 of it: inclusive.
    assert merge(window(0, 300, macro, (118, 123, 0.6, ME))) == [macro]
    assert len(merge(window(0, 300, macro, (119, 123, 0.6, ME)))) == 2
    # The stronger one wins, whatever its length; what NMS dropped suppresses nothing.
    assert merge(window(0, 300, macro, (102, 106, 0.95, ME))) == [(102, 106, 0.95, ME)]
    assert len(merge(window(0, 300, macro, micro), cross_class_ioa=2.0)) == 2


@pytest.mark.parametrize(
    ('mode', 'expected'),
    [
        ('hard', [(100, 120, 0.9, MAE)]),
        ('weighted', [(100, 122, 0.9, MAE)]),
        ('soft', [(100, 120, 0.9, MAE), (100, 126, 0.6 * np.exp(-((20 / 26) ** 2) / 0.5), MAE)]),
    ],
)
def test_the_modes_of_nms(mode, expected):
    # Weighted: the end is (0.9 * 120 + 0.45 * 126) / 1.35 = 122.
    second = (100, 126, 0.45 if mode == 'weighted' else 0.6, MAE)
    found = merge(window(0, 300, (100, 120, 0.9, MAE), second), nms_mode=mode)
    assert np.allclose(found, expected)


def test_numbers_are_limited_per_class_before_and_in_all_after_nms():
    rows = [(10 * i, 10 * i + 5, 0.9 - 0.01 * i, MAE if i < 20 else ME) for i in range(25)]
    assert len(merge(window(0, 300, *rows))) == 25
    assert [row[3] for row in merge(window(0, 300, *rows), pre_nms_top_k=3)] == [MAE] * 3 + [ME] * 3
    assert merge(window(0, 300, *rows), max_per_video=4) == [
        pytest.approx((10 * i, 10 * i + 5, 0.9 - 0.01 * i, MAE)) for i in range(4)
    ]


def test_the_order_of_windows_and_candidates_does_not_matter():
    generator = np.random.default_rng(0)
    windows = []
    for start in window_starts(300, 100, 50):
        centres, lengths = start + 100 * generator.random(60), generator.integers(2, 30, 60)
        scores = generator.integers(1, 9, 60) / 10
        labels = generator.integers(0, 2, 60)
        segments = np.stack([centres - lengths / 2, centres + lengths / 2], axis=1).round()
        windows.append(WindowCandidates(Detections(segments, scores, labels), start, start + 100))
    expected = merge(*windows)
    assert [row[2] for row in expected] == sorted((row[2] for row in expected), reverse=True)
    shuffled = []
    for w in generator.permutation(np.array(windows, dtype=object)):
        order = generator.permutation(len(w.detections))
        shuffled.append(WindowCandidates(w.detections[order], w.start, w.end))
    assert merge(*shuffled) == expected


def test_a_video_without_windows_or_candidates():
    assert merge() == []
    assert merge(window(0, 100), window(50, 150)) == []


def test_candidates_that_make_no_sense():
    with pytest.raises(ValueError, match='not finite'):
        merge(window(0, 100, (0, 10, np.nan, MAE)))
    with pytest.raises(ValueError, match=r'labels must be 0\.\.1, found \[2\]'):
        merge(window(0, 100, (0, 10, 0.5, 2)))


def test_thousands_of_candidates_are_merged_quickly():
    generator = np.random.default_rng(0)
    windows = []
    for start in window_starts(3000, 128, 64):
        centres, lengths = start + 128 * generator.random(100), generator.choice([12.0, 30.0], 100)
        segments = np.stack([centres - lengths / 2, centres + lengths / 2], axis=1)
        found = Detections(segments, generator.random(100), (lengths < 15).astype(int))
        windows.append(WindowCandidates(found, start, start + 128))
    begin = time.perf_counter()
    merge_windows(windows, 30.0, 3000, PostProcessing())
    # 0.1 s on a slow core; the limit leaves room for a busy machine.
    assert time.perf_counter() - begin < 3


def test_thresholds_are_inclusive_and_by_class():
    found = Detections(np.tile([0, 5], (4, 1)), [0.5, 0.49, 0.3, 0.29], [MAE, MAE, ME, ME])
    assert apply_thresholds(found, (0.5, 0.3)).scores.tolist() == [0.5, 0.3]
    assert apply_thresholds(found, {'ME': 0.3, 'MaE': 0.5}).scores.tolist() == [0.5, 0.3]


def test_top_threshold_keeps_a_fraction_rounded_up():
    found = Detections(np.tile([0, 5], (5, 1)), [0.1, 0.5, 0.3, 0.2, 0.4], np.zeros(5))
    assert keep_top_fraction(found, 0.3).scores.tolist() == [0.5, 0.4]
    assert keep_top_fraction(found, 0.4).scores.tolist() == [0.5, 0.4]
    assert len(keep_top_fraction(found, 0)) == 0
    assert len(keep_top_fraction(found, 1)) == 5
    hundred = Detections(np.tile([0, 5], (100, 1)), np.arange(100), np.zeros(100))
    assert [len(keep_top_fraction(hundred, t / 100)) for t in range(30, 65, 5)] == list(range(30, 65, 5))
    with pytest.raises(ValueError, match='top_threshold'):
        keep_top_fraction(found, 1.1)


@pytest.mark.parametrize(
    'settings',
    [
        {'nms_mode': 'fuzzy'},
        {'nms_iou': 1.5},
        {'edge_fraction': 0.6},
        {'min_length_s': 0.5},
        {'max_length_s': [1.0]},
        {'soft_sigma': 0},
        {'max_per_video': 0},
    ],
)
def test_settings_out_of_range_are_named(settings):
    with pytest.raises(ValueError, match=f'post_processing: {next(iter(settings))} '):
        PostProcessing(**settings)


def test_settings_to_and_from_a_dict():
    settings = PostProcessing.from_dict({'nms_mode': 'soft', 'max_length_s': [4, 0.5]})
    assert settings.max_length_s == (4.0, 0.5)
    assert PostProcessing.from_dict(settings.to_dict()) == settings
    assert PostProcessing.from_dict(None) == PostProcessing()
    with pytest.raises(
        ValueError, match=r"unknown keys \['nms_iuo'\], expected some of \['nms_mode', 'nms_iou'"
    ):
        PostProcessing.from_dict({'nms_iuo': 0.3})
