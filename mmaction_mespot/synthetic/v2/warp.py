"""What all films of the second set share about warps."""

from __future__ import annotations

import cv2
import numpy as np

FOLD_SHADING = 0.4
"""Skin that is pushed together looks darker, skin that is pulled apart lighter: a stand-in for folds."""
DARKEST, BRIGHTEST = -0.4, 0.06
"""Limits of the shading: folds are deep, stretched skin is hardly brighter."""
_INVERSIONS = 2


def arriving(forward: np.ndarray, step: int) -> np.ndarray:
    """Displacement of the points that arrive at the nodes of a grid, found by iteration.

    Args:
        forward: What moves from each node, px to the right and down, and any further planes, shape
            (n >= 2, rows, columns), float32.
        step: Distance of the nodes in px.

    Returns:
        The planes at the points that arrive at each node, the same shape.
    """
    rows, columns = forward.shape[1:]
    node_y, node_x = np.mgrid[:rows, :columns].astype(np.float32)
    planes = forward
    for _ in range(_INVERSIONS):
        at_x, at_y = node_x - planes[0] / step, node_y - planes[1] / step
        planes = np.stack(
            [cv2.remap(p, at_x, at_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE) for p in forward]
        )
    return planes
