from __future__ import annotations

import numpy as np
import pytest

from mmaction_mespot.spotters.displacement import bump_contrast, displacement, window_mean


def test_flow_over_a_gap_adds_up_to_the_displacement() -> None:
    # A step of 2 px between frames 9 and 10, seen by every flow that spans it: 4 entries of 2 px at gap 4.
    flow = np.zeros((30, 1, 2))
    flow[8:12, 0, 0] = 2.0
    trace = displacement(flow, gap=4)
    assert trace.shape == (31, 1, 2)
    assert trace[8, 0, 0] == 0
    assert trace[12, 0, 0] == pytest.approx(2.0)
    # Half-way up at the border between the frames 9 and 10.
    assert trace[10, 0, 0] == pytest.approx(1.0)


def test_window_mean_interpolates_and_stands_still_beyond_the_ends() -> None:
    ramp = np.arange(5.0)[:, None]
    np.testing.assert_allclose(window_mean(ramp, -0.5, 0.5)[1:4, 0], [1, 2, 3])
    np.testing.assert_allclose(window_mean(ramp, 0.25, 0.75)[:4, 0], [0.5, 1.5, 2.5, 3.5])
    assert window_mean(ramp, 4.0, 6.0)[4, 0] == 4.0


def test_plateau_has_its_full_height_and_a_drift_none() -> None:
    trace = np.zeros((101, 2, 2))
    trace[40:61, 0, 1] = -3.0
    trace[:, 1, 0] = np.arange(101) * 0.5
    contrast, rise = bump_contrast(trace, 24)
    np.testing.assert_allclose(contrast[50, 0], [0, -3])
    assert rise[50, 0] == pytest.approx(3.0)
    assert abs(rise[20:80, 1]).max() < 1e-9


def test_rest_beside_a_plateau_does_not_rise() -> None:
    trace = np.zeros((200, 1, 2))
    trace[100:121, 0, 0] = 3.0
    _, rise = bump_contrast(trace, 20)
    assert rise[85, 0] == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(
    ('flow', 'gap', 'message'),
    [(np.zeros((5, 14)), 4, 'found \\(5, 14\\)'), (np.zeros((5, 14, 2)), 0, 'at least 1 frame, found 0')],
)
def test_bad_flow_is_named(flow: np.ndarray, gap: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        displacement(flow, gap)
