"""Where the sliding windows of a long video start."""

from __future__ import annotations

import math


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
        raise ValueError(
            'window_starts needs total_frames >= 1, window_frames > 0 and stride_frames >= 1, found '
            f'total_frames={total_frames}, window_frames={window_frames}, stride_frames={stride_frames}'
        )
    if stride_frames > window_frames:
        raise ValueError(
            f'stride_frames={stride_frames} is larger than window_frames={window_frames}: frames between '
            'two windows would never be seen'
        )
    # The ceiling of the difference; the difference itself would be rounded.
    last = max(total_frames - math.floor(window_frames), 0)
    return [*range(0, last, math.floor(stride_frames)), last]
