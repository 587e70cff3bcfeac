"""A frame and its time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class TimedFrame:
    """One decoded frame of a video.

    Attributes:
        index: Number of the frame in the source, from 0.
        time_s: Its time stamp in the source in seconds; the first frame has 0.
        image: (H, W, 3) RGB uint8, upright.
    """

    index: int
    time_s: float
    image: np.ndarray
