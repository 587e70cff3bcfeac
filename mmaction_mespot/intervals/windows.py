"""Where the sliding windows of a long video start."""

from __future__ import annotations

import math

from mmaction_mespot.errors import MESpotError

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
        MESpotError: If a number is too small, or the stride leaves gaps between the windows.
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
