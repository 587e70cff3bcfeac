"""Dense inverse search (DIS), the quick optical flow, by OpenCV."""

from __future__ import annotations

import cv2
import numpy as np


def dis_flow(prev: np.ndarray, next: np.ndarray, finest_scale: int = 1) -> np.ndarray:
    """Flow by dense inverse search, OpenCV's medium preset.

    Kroeger, Timofte, Dai, Van Gool: Fast Optical Flow using Dense Inverse Search, ECCV 2016.

    Args:
        prev: (H, W) uint8.
        next: (H, W) uint8.
        finest_scale: The last pyramid level that is searched; 0 is the full resolution: the least error on
            moving pixels, at five times the time, with a noisier background. Defaults to 1, the preset's own.

    Returns:
        (H, W, 2) float32, motion in px from ``prev`` to ``next``.
    """
    solver = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    solver.setFinestScale(finest_scale)
    return solver.calc(prev, next, np.zeros((*prev.shape, 2), np.float32))
