"""One time grid for a whole video, so that its windows can share what was computed once.

Position j of a video stands for frames ``k j`` to ``k (j + 1)`` and reads frame ``floor(k (j + 0.5))``,
clipped into the video; k is the ``frame_interval``. An **aligned** window starts at a position that is a
multiple of ``align`` (the coarsest stride of a backbone), so that its features lie on the grid of the video's
features::

    positions  0       8       16      24      32      40  e         align 8, the video ends at e = 42
    windows    [======= clip_len ======)
                               [======= clip_len ======)
    last one                           [======= clip_len ======)     up to align - 1 beyond the end
"""

from __future__ import annotations

import math

import numpy as np

from mmaction_mespot.errors import MESpotError


def count_positions(total_frames: int, frame_interval: float) -> int:
    """Positions that cover a video: ``total_frames / frame_interval``, rounded up, at least 1."""
    return max(math.ceil(total_frames / frame_interval - 1e-6), 1)


def position_frames(first: int, count: int, frame_interval: float, total_frames: int) -> np.ndarray:
    """Frames that positions of a video read: ``floor(k (j + 0.5))``, clipped into the video.

    Args:
        first: First position; may be negative.
        count: Number of positions.
        frame_interval: Frames between neighbouring positions, k.
        total_frames: Frames of the video.

    Returns:
        Frame indices, int64, shape (count,).
    """
    positions = np.arange(first, first + count, dtype=np.float64) + 0.5
    return np.clip(np.floor(frame_interval * positions).astype(np.int64), 0, total_frames - 1)


def last_aligned_start(positions: int, clip_len: int, align: int) -> int:
    """First position of the last aligned window: the earliest one that reaches the video's end, or 0."""
    return max(-(-(positions - clip_len) // align) * align, 0)


def aligned_starts(positions: int, clip_len: int, stride: int, align: int) -> list[int]:
    """First positions of sliding aligned windows that together cover a video.

    Args:
        positions: Positions of the video (:func:`count_positions`).
        clip_len: Positions of a window, a multiple of ``align``.
        stride: Positions between the starts of neighbouring windows, a multiple of ``align``, at most
            ``clip_len``.
        align: Every start is a multiple of it.

    Returns:
        Rising starts; the last window ends with the video or up to ``align - 1`` positions beyond it.

    Raises:
        MESpotError: If the numbers do not fit together.
    """
    check_alignment(clip_len, stride, align)
    last = last_aligned_start(positions, clip_len, align)
    return [*range(0, last, stride), last]


def check_alignment(clip_len: int, stride: int, align: int) -> None:
    """Check that windows can lie on the grid.

    Raises:
        MESpotError: If ``clip_len`` or ``stride`` is no multiple of ``align``, or the stride leaves gaps.
    """
    if align < 1 or clip_len < 1 or stride < 1 or clip_len % align or stride % align or stride > clip_len:
        raise MESpotError(
            'aligned windows need clip_len and stride in multiples of align, and 0 < stride <= clip_len; '
            f'found clip_len={clip_len}, stride={stride}, align={align}'
        )
