from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mmaction_mespot.intervals.windows import window_starts


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
