from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.frame_grid import FrameGrid, grid_of


def _grid(frames: list[int], total: int | None = None) -> FrameGrid:
    return FrameGrid.from_frames(np.array(frames), 30, (max(frames) + 1) if total is None else total, 60)


def test_every_second_frame() -> None:
    grid = _grid([0, 2, 4, 6], 8)
    assert grid.runs == ((0, 0, 2),)
    assert grid.to_frames(np.array([0, 1, 1.5, 4])).tolist() == [0, 2, 3, 8]
    assert grid.to_positions(np.array([0, 2, 3, 8])).tolist() == [0, 1, 1.5, 4]
    assert grid.positions_of(np.array([0, 1, 2, 7])).tolist() == [0, 0, 1, 3]
    assert not grid.is_plain


def test_frames_that_are_held_and_left_out() -> None:
    grid = _grid([0, 1, 1, 1, 2, 5, 6], 7)
    assert grid.frames.tolist() == [0, 1, 1, 1, 2, 5, 6]
    assert grid.to_positions(np.array([1, 2, 3.5, 7])).tolist() == [1, 4, 4.5, 7]
    assert grid.to_frames(np.array([1, 2, 4, 4.5])).tolist() == [1, 1, 2, 3.5]
    assert grid.positions_of(np.array([1, 2, 4, 6])).tolist() == [1, 4, 4, 6]
    # What lies within one held frame is that frame.
    assert grid.intervals_to_frames(np.array([[1.5, 2.5]])).tolist() == [[1, 2]]
    assert grid.intervals_to_frames(np.zeros((0, 2))).shape == (0, 2)


def test_plain_grids() -> None:
    assert _grid([0, 1, 2, 3]).is_plain
    assert not _grid([0, 1, 2, 3], 5).is_plain
    assert _grid([0]).is_plain
    assert grid_of({'fps': 30, 'total_frames': 9}) is None


@given(st.lists(st.integers(0, 3), min_size=1, max_size=60), st.integers(0, 5))
def test_any_grid_survives_its_file(steps: list[int], rest: int) -> None:
    frames = np.cumsum([0, *steps])
    total = int(frames[-1]) + 1 + rest
    grid = FrameGrid.from_frames(frames, 25, total, 50)
    assert grid.frames.tolist() == frames.tolist()
    assert grid_of({'fps': 50, 'total_frames': total, 'grid': grid.to_dict()}) == grid
    # Borders of frames that are shown come back exactly.
    shown = np.append(np.unique(frames), total)
    np.testing.assert_allclose(grid.to_frames(grid.to_positions(shown)), shown)
    segments = np.array([[a, b] for a in shown for b in shown if a < b])
    there = grid.intervals_to_positions(segments)
    assert (there[:, 0] < there[:, 1]).all()
    np.testing.assert_allclose(grid.intervals_to_frames(there), segments)


@pytest.mark.parametrize(
    ('positions', 'total', 'runs'),
    [
        (4, 9, ()),
        (4, 9, ((1, 0, 1),)),
        (4, 9, ((0, 0, 1), (0, 3, 1))),
        (4, 9, ((0, 0, 1), (4, 3, 1))),
        (4, 9, ((0, 5, 1), (2, 3, 1))),
        (4, 3, ((0, 0, 1),)),
        (4, 9, ((0, -1, 1),)),
    ],
)
def test_bad_grids_are_refused(positions: int, total: int, runs: tuple[tuple[int, int, int], ...]) -> None:
    with pytest.raises(MESpotError, match='grid: found'):
        FrameGrid(30, positions, 60, total, runs)
