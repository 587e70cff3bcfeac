from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmaction_mespot.intervals.peaks import moving_mean, peak_intervals


def test_moving_mean_repeats_the_ends() -> None:
    # Width 4: two before, itself, one after.
    np.testing.assert_allclose(moving_mean(np.array([0, 0, 4, 8]), 4), [0, 1, 3, 5])
    np.testing.assert_allclose(moving_mean(np.array([1.0, 3.0]), 1), [1, 3])
    with pytest.raises(ValueError, match='found 0'):
        moving_mean(np.zeros(3), 0)


def test_peaks_become_intervals_and_scores_are_the_published_p() -> None:
    curve = np.zeros(20)
    curve[5], curve[14] = 8.0, 4.0
    segments, scores = peak_intervals(curve, 2.0)
    np.testing.assert_allclose(segments, [[3.5, 7.5], [12.5, 16.5]])
    # The mean is 0.6: (8 - .6) / 7.4 and (4 - .6) / 7.4.
    np.testing.assert_allclose(scores, [1.0, 3.4 / 7.4])


def test_closer_peaks_leave_the_highest_and_ends_count() -> None:
    curve = np.array([9.0, 0, 0, 0, 5.0, 0, 6.0, 0, 0, 0])
    segments, scores = peak_intervals(curve, 3.0)
    assert segments.tolist() == [[0.0, 3.5], [3.5, 9.5]]
    assert scores[0] == 1.0
    segments, _ = peak_intervals(curve, 3.0, distance=1)
    assert len(segments) == 3


def test_flat_and_empty_curves_hold_nothing_and_bad_ones_are_named() -> None:
    for curve in (np.zeros(0), np.full(9, 0.3)):
        segments, scores = peak_intervals(curve, 2.0)
        assert segments.shape == (0, 2) and len(scores) == 0
    with pytest.raises(ValueError, match='1 entries'):
        peak_intervals(np.array([0, np.nan]), 2.0)
    with pytest.raises(ValueError, match='found 0'):
        peak_intervals(np.zeros(3), 0)


@settings(deadline=None)
@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=40), st.floats(0.5, 8))
def test_intervals_lie_in_the_curve(values: list[float], half: float) -> None:
    segments, scores = peak_intervals(np.array(values), half)
    assert ((segments >= 0) & (segments <= len(values))).all()
    assert (segments[:, 1] > segments[:, 0]).all()
    assert ((scores > 0) & (scores <= 1)).all()
