"""Histograms of what a face looks like, block by block: pure functions on grey pictures."""

from __future__ import annotations

import numpy as np

FACS_BOXES: dict[str, tuple[float, float, float, float]] = {
    'right_brow_outer': (0.12, 0.18, 0.28, 0.34),
    'right_brow_inner': (0.28, 0.18, 0.44, 0.34),
    'glabella': (0.42, 0.20, 0.58, 0.38),
    'left_brow_inner': (0.56, 0.18, 0.72, 0.34),
    'left_brow_outer': (0.72, 0.18, 0.88, 0.34),
    'right_cheek': (0.18, 0.46, 0.38, 0.62),
    'left_cheek': (0.62, 0.46, 0.82, 0.62),
    'nose': (0.38, 0.50, 0.62, 0.66),
    'right_mouth_corner': (0.26, 0.68, 0.44, 0.86),
    'upper_lip': (0.40, 0.66, 0.60, 0.78),
    'left_mouth_corner': (0.56, 0.68, 0.74, 0.86),
    'chin': (0.36, 0.84, 0.64, 1.0),
}
"""Left, top, right, bottom of the regions in which action units show, as shares of the aligned crop, whose
eye centres lie at (.30, .38) and (.70, .38)."""

HOG_BINS = 8
_NEIGHBOURS = ((-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1))


def _uniform_table() -> np.ndarray:
    """Bin of each of the 256 patterns: one for each with at most two changes around, one for all others."""
    bins = np.zeros(256, dtype=np.uint8)
    following = 0
    for pattern in range(256):
        rotated = (pattern >> 1) | ((pattern & 1) << 7)
        uniform = bin(pattern ^ rotated).count('1') <= 2
        bins[pattern] = following if uniform else 58
        following += uniform
    return bins


_UNIFORM = _uniform_table()
LBP_BINS = 59


def lbp_codes(grey: np.ndarray) -> np.ndarray:
    """Bins of the uniform local binary patterns with 8 neighbours at distance 1.

    Args:
        grey: (H, W) uint8.

    Returns:
        uint8 (H - 2, W - 2), below 59: a neighbour at least as bright as its centre sets its bit.
    """
    centre = grey[1:-1, 1:-1]
    pattern = np.zeros(centre.shape, dtype=np.uint8)
    height, width = grey.shape
    for bit, (down, right) in enumerate(_NEIGHBOURS):
        neighbour = grey[1 + down : height - 1 + down, 1 + right : width - 1 + right]
        pattern |= (neighbour >= centre).astype(np.uint8) << bit
    return _UNIFORM[pattern]


def lbp_histograms(frames: np.ndarray, blocks: int = 6) -> np.ndarray:
    """Histograms of local binary patterns on a square grid of blocks.

    Args:
        frames: Grey pictures, (n, H, W) uint8.
        blocks: Blocks along each side.

    Returns:
        float32 (n, blocks * blocks, 59); each sums to 1.
    """
    height, width = frames.shape[1] - 2, frames.shape[2] - 2
    rows = np.minimum(np.arange(height) * blocks // height, blocks - 1)
    columns = np.minimum(np.arange(width) * blocks // width, blocks - 1)
    offset = (rows[:, None] * blocks + columns[None]) * LBP_BINS
    found = np.stack(
        [np.bincount((lbp_codes(frame) + offset).ravel(), minlength=blocks**2 * LBP_BINS) for frame in frames]
    ).reshape(len(frames), blocks**2, LBP_BINS)
    return (found / np.maximum(found.sum(axis=2, keepdims=True), 1)).astype(np.float32)


def hog_histograms(frames: np.ndarray) -> np.ndarray:
    """Histograms of the directions of 3-D gradients in the regions of :data:`FACS_BOXES`.

    Args:
        frames: Grey pictures in order of time, (n, H, W) uint8; n at least 2.

    Returns:
        float32 (n, regions, 3 * 8): the planes xy, xt and yt one after the other, each direction weighed by
        the length of the gradient in its plane; the whole of a region sums to 1 (0 on a flat picture).
    """
    volume = frames.astype(np.float32)
    by_t, by_y, by_x = np.gradient(volume)
    height, width = frames.shape[1:]
    boxes = [
        (
            slice(int(top * height), int(np.ceil(bottom * height))),
            slice(int(left * width), int(np.ceil(right * width))),
        )
        for left, top, right, bottom in FACS_BOXES.values()
    ]
    found = np.zeros((len(frames), len(boxes), 3 * HOG_BINS), dtype=np.float32)
    for plane, (first, second) in enumerate(((by_x, by_y), (by_x, by_t), (by_y, by_t))):
        direction = np.arctan2(second, first) % (2 * np.pi)
        bins = np.minimum((direction * (HOG_BINS / (2 * np.pi))).astype(np.int64), HOG_BINS - 1)
        length = np.hypot(first, second)
        for index, (rows, columns) in enumerate(boxes):
            for frame in range(len(frames)):
                found[frame, index, plane * HOG_BINS : (plane + 1) * HOG_BINS] = np.bincount(
                    bins[frame, rows, columns].ravel(),
                    weights=length[frame, rows, columns].ravel(),
                    minlength=HOG_BINS,
                )
    total = found.sum(axis=2, keepdims=True)
    return np.divide(found, total, where=total > 0, out=np.zeros_like(found))
