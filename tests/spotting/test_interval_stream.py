from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmaction_mespot.intervals.detections import Detections
from mmaction_mespot.intervals.grid import window_starts
from mmaction_mespot.intervals.postprocess import (
    PostProcessing,
    WindowCandidates,
    apply_thresholds,
    merge_windows,
)
from mmaction_mespot.spotting.interval_stream import IntervalStream, group_ends, unlimited

FPS = 30.0


def whole(windows, total, thresholds, cfg) -> Detections:
    kept = apply_thresholds(merge_windows(windows, FPS, total, unlimited(cfg)), thresholds)
    return kept[np.lexsort((kept.segments[:, 1], kept.segments[:, 0]))]


def streamed(windows, total, thresholds, cfg) -> tuple[Detections, list[int]]:
    stream = IntervalStream(FPS, thresholds, cfg)
    parts, open_from = [], -np.inf
    for window in windows:
        parts.append(stream.push(window))
        assert (parts[-1].segments[:, 0] >= open_from).all()
        open_from = max(open_from, stream.open_from)
    parts.append(stream.finish(total))
    assert (parts[-1].segments[:, 0] >= open_from).all()
    return Detections.concatenate(parts), [len(part) for part in parts]


def same(a: Detections, b: Detections) -> bool:
    return all(np.array_equal(getattr(a, key), getattr(b, key)) for key in ('segments', 'scores', 'labels'))


@st.composite
def videos(draw):
    length = draw(st.sampled_from([64, 128]))
    stride = draw(st.sampled_from([length // 4, length // 2, length - 20, length]))
    total = draw(st.integers(40, 1500))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    density = draw(st.sampled_from([1, 4, 12]))
    windows = []
    for start in window_starts(total, length, stride):
        count = rng.integers(0, density + 1)
        centres = start + rng.uniform(-0.3, 1.3, count) * length
        halves = rng.choice([4, 8, 30, 100, 170], count) * rng.uniform(0.3, 1, count)
        segments = np.clip(np.stack([centres - halves, centres + halves], 1), 0, None).round(1)
        scores = rng.uniform(0.01, 1, count).round(2)
        windows.append(
            WindowCandidates(Detections(segments, scores, rng.integers(0, 2, count)), start, start + length)
        )
    return windows, total


@settings(deadline=None, max_examples=150)
@given(
    videos(),
    st.sampled_from(['hard', 'soft', 'weighted']),
    st.sampled_from([(0.0, 0.0), (0.3, 0.7), (0.8, 0.75)]),
    st.sampled_from([(10.0, 1.0), (2.0, 0.5)]),
)
def test_the_stream_gives_what_the_whole_video_gives(video, mode, thresholds, longest) -> None:
    windows, total = video
    cfg = PostProcessing(nms_mode=mode, max_length_s=longest)
    found, _ = streamed(windows, total, thresholds, cfg)
    order = np.lexsort((found.segments[:, 1], found.segments[:, 0]))
    assert same(found[order], whole(windows, total, thresholds, cfg))


def test_intervals_come_while_the_video_is_read_and_in_order() -> None:
    windows = [
        WindowCandidates(Detections([[s + 60, s + 75], [s + 20, s + 30]], [0.9, 0.8], [0, 1]), s, s + 128)
        for s in range(0, 1280, 64)
    ]
    found, counts = streamed(windows, 1216 + 128, [0.5, 0.5], PostProcessing(max_length_s=(2.0, 0.5)))
    assert sum(counts[:-1]) > len(found) - 6
    assert (np.diff(found.segments[:, 0]) >= 0).all()
    stream = IntervalStream(FPS, [0.5, 0.5], PostProcessing(max_length_s=(2.0, 0.5)))
    for window in windows:
        stream.push(window)
    assert len(stream._windows) < 6  # what is done is forgotten


def test_a_candidate_below_one_threshold_still_suppresses_the_other_class() -> None:
    """The MaE at .55 misses its threshold of .6, but hides the ME at .5 that would reach its own of .4."""
    window = WindowCandidates(Detections([[10, 30], [12, 24]], [0.55, 0.5], [0, 1]), 0, 64)
    found, _ = streamed([window], 64, [0.6, 0.4], PostProcessing())
    assert len(found) == 0


def test_a_later_window_may_still_reach_back() -> None:
    """The long MaE of the second window begins in the first one and hides the weaker ME there."""
    windows = [
        WindowCandidates(Detections([[40, 50]], [0.6], [1]), 0, 64),
        WindowCandidates(Detections([[30, 110]], [0.9], [0]), 64, 128),
        WindowCandidates(Detections.empty(), 128, 192),
    ]
    thresholds, cfg = [0.5, 0.5], PostProcessing(max_length_s=(3.0, 0.5))
    found, _ = streamed(windows, 192, thresholds, cfg)
    assert found.segments.tolist() == [[30, 110]]
    assert same(found, whole(windows, 192, thresholds, cfg))


@pytest.mark.parametrize(
    ('segments', 'ends'),
    [
        ([[0, 4], [3, 6], [6, 8], [20, 30], [21, 22]], [6, 6, 8, 30, 30]),
        ([[5, 9], [0, 20], [19, 25]], [25, 25, 25]),
        (np.zeros((0, 2)), []),
    ],
)
def test_groups_of_overlapping_intervals(segments, ends) -> None:
    assert group_ends(np.array(segments, dtype=float).reshape(-1, 2)).tolist() == ends
