"""What a network or a spotter reads at one position."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass
class MotionEntry:
    """The streams at one position of the working grid.

    Attributes:
        position: Place on the working grid, from 0, without gaps.
        source_index: Number of the frame in the source.
        time_s: Its time in the source in seconds.
        face: Whether there is a face in all frames that the entry is made from. Without, the flow is zero.
        streams: By name: ``rgb`` (S, S, 3) uint8, ``flow`` (S, S, 2), ``flow_grid`` (12, 12, 2), ``flow_roi``
            (14, 2); flow is float32 px of the crop, the head's motion removed. With any flow, ``head_motion``
            (2,) float32 is that motion, and ``face_shape`` (points, 3) float32 the points of
            :func:`shape_points`, px of the crop.
    """

    position: int
    source_index: int
    time_s: float
    face: bool
    streams: dict[str, np.ndarray]
