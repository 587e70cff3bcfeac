"""Main directional maximal difference of facial blocks: pure functions."""

from __future__ import annotations

import numpy as np

from mmaction_mespot.errors import MESpotError

TOP_SHARE = 1 / 3
"""Share of a block's cells, and of a face's blocks, with the largest differences, whose mean counts."""

_CHUNK = 2048


def maximal_difference(trace: np.ndarray, step: int, block_cells: int) -> np.ndarray:
    """How far blocks of the face are from where they were before **and** will be after, along one direction.

    For instant i the motion from i - step to i gives the main direction of each block. The difference is
    what the motion to i is ahead of the motion to i + step, along that direction: the displacement at i minus
    the one at i + step. An expression whose middle is i goes away and comes back, so the difference is its
    height; a drift goes on, so its difference is negative.

    Args:
        trace: Displacements of the cells, (n, rows, columns, 2), px. Beyond the ends the face stands still.
        step: The paper's k, instants.
        block_cells: Side of a block in cells; rows and columns beyond whole blocks are left out.

    Returns:
        float64 (n,), px: the mean over the third of the blocks with the largest differences; a block's
        difference is the mean over its third of cells with the largest ones.

    Raises:
        MESpotError: If the step is no positive number, or a block larger than the grid.
    """
    rows, columns = (size // block_cells for size in trace.shape[1:3])
    if step < 1 or rows < 1 or columns < 1:
        raise MESpotError(
            f'a step of at least 1 and blocks within the grid are needed, found step {step} and blocks of '
            f'{block_cells} cells in a grid of {trace.shape[1]} x {trace.shape[2]}'
        )
    blocks = trace[:, : rows * block_cells, : columns * block_cells]
    blocks = blocks.reshape(len(trace), rows, block_cells, columns, block_cells, 2)
    blocks = blocks.transpose(0, 1, 3, 2, 4, 5).reshape(len(trace), rows * columns, block_cells**2, 2)
    value = np.empty(len(trace))
    for first in range(0, len(trace), _CHUNK):
        at = np.arange(first, min(first + _CHUNK, len(trace)))
        now = blocks[at]
        since = now - blocks[np.maximum(at - step, 0)]
        ahead = now - blocks[np.minimum(at + step, len(trace) - 1)]
        main = since.mean(axis=2, keepdims=True)
        main /= np.maximum(np.linalg.norm(main, axis=3, keepdims=True), 1e-12)
        value[at] = top_mean(top_mean((ahead * main).sum(axis=3)))
    return value


def top_mean(values: np.ndarray) -> np.ndarray:
    """Mean of the largest third along the last axis, at least of one."""
    count = max(round(TOP_SHARE * values.shape[-1]), 1)
    return np.sort(values, axis=-1)[..., -count:].mean(axis=-1)


def relative_difference(difference: np.ndarray, step: int) -> np.ndarray:
    """What a difference stands out of its surroundings.

    Args:
        difference: Of each instant, (n,).
        step: Distance to both sides; the ends stand for what lies beyond them.

    Returns:
        float64 (n,): ``d_i - (d_{i-step} + d_{i+step}) / 2``, at least 0.
    """
    at = np.arange(len(difference))
    before = difference[np.maximum(at - step, 0)]
    after = difference[np.minimum(at + step, len(difference) - 1)]
    return np.maximum(difference - (before + after) / 2, 0.0)


def runs_above(values: np.ndarray, level: float) -> np.ndarray:
    """Stretches in which a curve lies above a level.

    Args:
        values: The curve, (n,).
        level: The level; values equal to it are not above.

    Returns:
        int64 (k, 2): first instant of each and the one behind its last.
    """
    above = np.concatenate([[False], values > level, [False]])
    return np.flatnonzero(above[1:] != above[:-1]).reshape(-1, 2)
