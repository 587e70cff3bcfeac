from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st

from mmaction_mespot.intervals.grid import (
    frames_to_instants,
    instants_to_frames,
    level_positions,
    sampled_frames,
    window_starts,
)


def test_level_positions_stand_in_the_middle_of_their_stride():
    assert level_positions(4, 2).tolist() == [1, 3, 5, 7]
    assert level_positions(2, 8).tolist() == [4, 12]


def test_instants_and_frames():
    instants = np.array([0.0, 1.5, 4.0])
    frames = instants_to_frames(instants, 100, 2.5)
    assert frames.tolist() == [100, 103.75, 110]
    assert frames_to_instants(frames, 100, 2.5).tolist() == instants.tolist()
    assert instants_to_frames(torch.tensor([2.0]), 10, 3.0).tolist() == [16]


def test_sampled_frames_lie_at_the_middle_of_their_position():
    assert sampled_frames(10, 4, 1, 100).tolist() == [10, 11, 12, 13]
    # 0 + 2 (i + .5) = 1, 3, 5
    assert sampled_frames(0, 3, 2, 100).tolist() == [1, 3, 5]
    # 5 + 2.5 (i + .5) = 6.25, 8.75, 11.25
    assert sampled_frames(5, 3, 2.5, 100).tolist() == [6, 8, 11]
    assert sampled_frames(-2, 5, 1, 2).tolist() == [0, 0, 0, 1, 1]


@pytest.mark.parametrize(
    ('total', 'window', 'stride', 'expected'),
    [
        (300, 128, 64, [0, 64, 128, 172]),
        (256, 128, 64, [0, 64, 128]),
        (128, 128, 64, [0]),
        (50, 128, 64, [0]),
        (129, 128, 64, [0, 1]),
        (20, 7.5, 4.5, [0, 4, 8, 12, 13]),
    ],
)
def test_starts_computed_by_hand(total, window, stride, expected):
    assert window_starts(total, window, stride) == expected


@given(st.integers(1, 500), st.floats(1, 100), st.floats(0.05, 1))
@example(128, 1.9999999999999858, 1.0)
@example(500, 1.9999999999999998, 1.0)
def test_windows_cover_every_frame_and_none_is_needless(total, window, share):
    starts = window_starts(total, window, max(share * window, 1))
    assert starts[0] == 0
    assert starts == sorted(set(starts))
    # Differences of whole numbers on one side: sums with a window of many digits would be rounded.
    assert window >= total - starts[-1]
    assert starts[-1] == 0 or window < total + 1 - starts[-1]
    assert all(b - a <= window for a, b in pairwise(starts))


@pytest.mark.parametrize('bad', [(0, 10, 5), (10, 0, 5), (10, 5, 0.5), (10, 5, 6)])
def test_numbers_that_make_no_sense(bad):
    with pytest.raises(ValueError, match='stride_frames='):
        window_starts(*bad)
