"""The time grid: frames of a video, instants of a window, positions of a pyramid level.

::

    frame     start            start + k          start + 2k
                |------------------|------------------|
    instant     0                  1                  2        frame = start + k * instant
    position    |        0         |        1         |        centre at instant i + 0.5
    level s=2   |                  0                  |        centre at instant (i + 0.5) * s

A window starts at frame ``start`` and takes every k-th frame (``frame_interval``, any positive number).

A whole video has one such grid too, so that its windows can share what was computed once: position j stands
for frames ``k j`` to ``k (j + 1)`` and reads frame ``floor(k (j + 0.5))``, clipped into the video. An
**aligned** window starts at a position that is a multiple of ``align`` (the coarsest stride of a backbone):
its features lie on the grid of the video's features::

    positions  0       8       16      24      32      40  e         align 8, the video ends at e = 42
    windows    [======= clip_len ======)
                               [======= clip_len ======)
    last one                           [======= clip_len ======)     up to align - 1 beyond the end
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from mmaction_mespot.errors import MESpotError

if TYPE_CHECKING:
    import torch

Number = TypeVar('Number', float, np.ndarray, 'torch.Tensor')


def instants_to_frames(instants: Number, window_start: float, frame_interval: float) -> Number:
    """Map instants of a window to frames of the video: ``start + k * t``."""
    return window_start + frame_interval * instants


def frames_to_instants(frames: Number, window_start: float, frame_interval: float) -> Number:
    """Map frames of the video to instants of a window: ``(frame - start) / k``."""
    return (frames - window_start) / frame_interval


def frames_per_position(
    fps: float,
    target_fps: float | None = None,
    frame_interval: float | None = None,
    video_fps: float | None = None,
) -> float:
    """The interval k of a window: the entries of a stream from one position to the next.

    Args:
        fps: Entries per second of the stream.
        target_fps: Positions per second; goes before ``frame_interval``. Defaults to None.
        frame_interval: Frames **of the video** from one position to the next. Defaults to None, every entry.
        video_fps: Frames per second of the video, where the stream is sparser. Defaults to None: ``fps``.
    """
    if target_fps is not None:
        return fps / target_fps
    return 1.0 if frame_interval is None else float(frame_interval) * fps / (video_fps or fps)


def sampled_frames(
    window_start: float, clip_len: int, frame_interval: float, total_frames: int
) -> np.ndarray:
    """Frames that a window reads: ``floor(start + k (i + 0.5))``, clipped into the video.

    Args:
        window_start: First frame of the window (may lie outside the video).
        clip_len: Positions of the window.
        frame_interval: Frames between neighbouring positions.
        total_frames: Frames of the video.

    Returns:
        Frame indices, int64, shape (clip_len,).
    """
    positions = np.arange(clip_len, dtype=np.float64) + 0.5
    frames = np.floor(window_start + frame_interval * positions).astype(np.int64)
    return np.clip(frames, 0, total_frames - 1)


def level_positions(length: int, stride: float, device: torch.device | str | None = None) -> torch.Tensor:
    """Instants for which the positions of a pyramid level stand: ``(i + 0.5) * stride``.

    Args:
        length: Positions of the level.
        stride: Window positions per level position.
        device: Where the tensor lies. Defaults to None, torch's default.

    Returns:
        Instants of the window, float32, shape (length,).
    """
    import torch  # slow to import, and the rest of this file does without

    return (torch.arange(length, dtype=torch.float32, device=device) + 0.5) * stride


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


STRETCH_S, STRETCH_STRIDE_S = 60.0, 30.0
"""Length and distance of the stretches that a flow spotter sees at once: long enough for its estimate of the
face's own noise, short enough that the memory does not grow with the video."""


def stretches(total_frames: int, fps: float) -> list[tuple[int, int]]:
    """First frame and end of the stretches in which a flow spotter sees a video.

    Each begins :data:`STRETCH_STRIDE_S` after the one before and is :data:`STRETCH_S` long, but for the last
    one, which ends with the video.
    """
    length, stride = round(STRETCH_S * fps), round(STRETCH_STRIDE_S * fps)
    starts = range(0, max(total_frames - length, 0) + stride, stride)
    return [(start, min(start + length, total_frames)) for start in starts]


def window_starts(total_frames: int, window_frames: float, stride_frames: float) -> list[int]:
    """First frames of sliding windows that together cover a whole video.

    ::

        |<---------------- total_frames ---------------->|
        [==== window ====)
              [==== window ====)
                    [==== window ====)
                                  [==== window ====)  last one: flush with the end

    Args:
        total_frames: Frames of the video.
        window_frames: Frames that a window spans, ``clip_len * frame_interval``.
        stride_frames: Frames between the starts of neighbouring windows, at least 1; rounded down.

    Returns:
        Rising starts. The last window ends with the video (up to one frame beyond it if
        ``window_frames`` is no whole number); a video no longer than a window gets one, at 0.

    Raises:
        ValueError: If a number is too small, or the stride leaves gaps between the windows.
    """
    if total_frames < 1 or window_frames <= 0 or stride_frames < 1:
        raise MESpotError(
            'window_starts needs total_frames >= 1, window_frames > 0 and stride_frames >= 1, found '
            f'total_frames={total_frames}, window_frames={window_frames}, stride_frames={stride_frames}'
        )
    if stride_frames > window_frames:
        raise MESpotError(
            f'stride_frames={stride_frames} is larger than window_frames={window_frames}: frames between '
            'two windows would never be seen'
        )
    # The ceiling of the difference; the difference itself would be rounded.
    last = max(total_frames - math.floor(window_frames), 0)
    return [*range(0, last, math.floor(stride_frames)), last]
