"""Optical flow as a coloured picture."""

from __future__ import annotations

import cv2
import numpy as np


def flow_picture(flow: np.ndarray, full_px: float) -> np.ndarray:
    """Colour a flow field: the hue says where to, the strength of the colour how far; white is still.

    Right is red, down yellow-green, left cyan, up violet (the hue turns with the angle from the x-axis).

    Args:
        flow: (H, W, 2) in px, x then y.
        full_px: Length that shows in full colour; longer ones look the same.

    Returns:
        uint8 RGB, (H, W, 3).

    Raises:
        ValueError: If the shape is none of a flow, or `full_px` is not positive.
    """
    flow = np.asarray(flow, dtype=np.float32)
    if flow.ndim != 3 or flow.shape[2] != 2:
        raise ValueError(f'A flow field has the shape (H, W, 2), found {flow.shape}')
    if full_px <= 0:
        raise ValueError(f'full_px must be positive, found {full_px}')
    length, angle = cv2.cartToPolar(flow[..., 0], flow[..., 1], angleInDegrees=True)
    hue = np.rint(angle / 2) % 180
    strength = np.rint(255 * np.minimum(length / full_px, 1.0))
    hsv = np.stack([hue, strength, np.full_like(hue, 255)], axis=-1).astype(np.uint8)
    return cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)
