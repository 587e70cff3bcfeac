from __future__ import annotations

import numpy as np

from mmaction_mespot.datasets.window_geometry import (
    event_starts,
    free_starts,
    visible_segments,
)


def test_visible_segments_by_hand() -> None:
    segments = np.array([[100, 140], [150, 162], [90, 111], [0, 50]])
    # window [110, 158) in frames: 24 positions of 2 frames
    visible, keep = visible_segments(segments, 110, 2.0, 24, min_visible=0.5)
    assert visible.tolist() == [[0, 15], [20, 24]]  # 30 of 40 and 8 of 12 frames are seen, 1 of 21, none
    assert keep.tolist() == [True, True, False, False]
    assert visible.dtype == np.float32
    assert visible_segments(segments, 110, 2.0, 24, min_visible=0.7)[1].tolist() == [
        True,
        False,
        False,
        False,
    ]
    assert visible_segments(np.zeros((0, 2)), 0, 1.0, 8, 0.5)[0].shape == (0, 2)


def test_event_starts_show_the_whole_event() -> None:
    assert event_starts(np.array([100, 140]), 64, 300) == (76, 100)
    assert event_starts(np.array([10, 40]), 64, 300) == (0, 10)
    assert event_starts(np.array([280, 300]), 64, 300) == (236, 236)
    assert event_starts(np.array([100, 200]), 64, 300) == (100, 136)  # longer than the window: within it
    assert event_starts(np.array([10, 20]), 64, 50) == (0, 0)  # the video is shorter than the window


def test_free_starts_touch_no_event() -> None:
    segments = np.array([[150, 162], [100, 140], [120, 160]])
    assert free_starts(segments, 64, 300) == [(0, 36), (162, 236)]
    assert free_starts(np.array([[30, 50]]), 64, 100) == []
    assert free_starts(np.zeros((0, 2)), 64, 300) == [(0, 236)]
    assert free_starts(np.zeros((0, 2)), 64, 50) == [(0, 0)]
    for low, high in free_starts(segments, 10.5, 300):
        for start in range(low, high + 1):
            assert all(start + 10.5 <= s or start >= e for s, e in segments)
