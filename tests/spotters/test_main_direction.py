from __future__ import annotations

import numpy as np
import pytest

from mmaction_mespot.spotters.main_direction import (
    maximal_difference,
    relative_difference,
    runs_above,
    top_mean,
)


def grid(frames: int = 60) -> np.ndarray:
    """Displacements (frames, 2, 6, 2): three blocks of 2 x 2 cells, at rest."""
    return np.zeros((frames, 2, 6, 2))


def test_a_movement_and_its_return_give_its_height() -> None:
    trace = grid()
    trace[20:30, :, :2] = [0.6, -0.8]  # 1 px, all cells of the first block
    value = maximal_difference(trace, step=12, block_cells=2)
    # One of three blocks counts, one of its four cells.
    np.testing.assert_allclose(value[20:30], 1.0)
    np.testing.assert_allclose(value[30:], 0.0, atol=1e-12)


def test_what_goes_on_in_the_same_direction_is_no_difference() -> None:
    trace = grid()
    trace[..., 0] = np.arange(60)[:, None, None] * 0.1
    value = maximal_difference(trace, step=5, block_cells=2)
    np.testing.assert_allclose(value[5:55], -0.5)


def test_only_motion_along_the_main_direction_counts() -> None:
    trace = grid()
    trace[20:, :, :2, 0] = 2.0  # stays
    trace[25:, :, :2, 1] = 1.0  # later, across
    value = maximal_difference(trace, step=10, block_cells=2)
    np.testing.assert_allclose(value[20:25], 0.0, atol=1e-12)


def test_the_strongest_third_counts() -> None:
    trace = grid()
    trace[20:30, 0, 0, 0] = 4.0  # one cell of the first block: main direction x, difference 4
    trace[20:30, :, 2:4, 1] = 1.0
    assert maximal_difference(trace, 12, 2)[25] == pytest.approx(4.0)
    assert top_mean(np.array([1.0, 6, 2, 5, 3, 4])) == 5.5
    assert top_mean(np.array([7.0])) == 7.0


def test_chunks_do_not_show() -> None:
    trace = np.random.default_rng(0).normal(size=(5000, 2, 2, 2)).cumsum(axis=0)
    whole = maximal_difference(trace, 7, 1)
    np.testing.assert_array_equal(maximal_difference(trace[1900:2200], 7, 1)[7:-7], whole[1907:2193])


def test_relative_difference_by_hand() -> None:
    values = np.array([0.0, 1.0, 4.0, 1.0, 3.0])
    # The ends stand for what lies beyond: r_0 = 0 - (0 + 1) / 2 -> 0, r_4 = 3 - (1 + 3) / 2.
    np.testing.assert_allclose(relative_difference(values, 1), [0.0, 0.0, 3.0, 0.0, 1.0])


def test_runs_above_a_level() -> None:
    values = np.array([2.0, 2, 0, 1, 2, 2])
    np.testing.assert_array_equal(runs_above(values, 1.0), [[0, 2], [4, 6]])
    assert runs_above(values, 9.0).shape == (0, 2)


@pytest.mark.parametrize(('step', 'cells'), [(0, 2), (3, 4)])
def test_bad_sizes_are_named(step: int, cells: int) -> None:
    with pytest.raises(ValueError, match=f'found step {step} and blocks of {cells} cells in a grid of 2 x 6'):
        maximal_difference(grid(), step, cells)
