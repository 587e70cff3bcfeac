"""A frame after the alignment of its face."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class AlignedFrame:
    """The aligned crop of one position of the working grid.

    Attributes:
        position: Place on the working grid, from 0, without gaps.
        source_index: Number of the frame in the source.
        time_s: Its time in the source in seconds.
        crop: (S, S, 3) RGB uint8.
        landmarks: (468, 3) float64 in px of the crop, depth in the same unit; interpolated between measured
            frames, held where there is no face.
        face: Whether there is a face: seen, or bridged over a short loss.
        box: Left, top, right, bottom of the landmarks in px of the source frame.
        matrix: (2, 3) float64, similarity from the source frame to the crop.
    """

    position: int
    source_index: int
    time_s: float
    crop: np.ndarray
    landmarks: np.ndarray
    face: bool
    box: tuple[float, float, float, float]
    matrix: np.ndarray
