"""One detected face."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class FaceDetection:
    """A face as the detector gives it, in pixels of the image.

    Attributes:
        box: (4,) float32: left, top, right, bottom.
        keypoints: (6, 2) float32: the person's right eye, left eye, nose tip, mouth centre, right ear, left
            ear.
        score: Probability of a face.
    """

    box: np.ndarray
    keypoints: np.ndarray
    score: float

    @property
    def center(self) -> np.ndarray:
        """(2,) middle of the box."""
        return (self.box[:2] + self.box[2:]) / 2

    @property
    def area(self) -> float:
        """Area of the box in square pixels."""
        return float(np.prod(self.box[2:] - self.box[:2]))
