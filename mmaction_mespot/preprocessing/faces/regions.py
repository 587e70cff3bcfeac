"""Regions of the face by mesh indices, and the means of a flow field over them."""

from __future__ import annotations

import cv2
import numpy as np

from mmaction_mespot.face_regions import REGIONS

NOSE = (6, 196, 419, 3, 248, 51, 281, 5, 4)
"""Outline of the back of the nose: it follows the skull, so its motion is the head's."""

_SIDE_FRACTION = 0.09
_OUTLINE_SHIFT = 4


def region_side(size: int) -> int:
    """Side in px (odd) of a region's square in a crop of ``size`` px: 0.23 eye distances."""
    return max(3, 2 * round(_SIDE_FRACTION * size / 2) + 1)


def region_centers(landmarks: np.ndarray) -> np.ndarray:
    """(14, 2) float32 centres of the regions.

    Args:
        landmarks: (468, 2 or more) in px of the crop.
    """
    return np.stack([landmarks[list(points), :2].mean(axis=0) for points in REGIONS.values()]).astype(
        np.float32
    )


def nose_mask(landmarks: np.ndarray, size: int) -> np.ndarray:
    """(size, size) uint8, 1 on the back of the nose.

    Args:
        landmarks: (468, 2 or more) in px of the crop.
        size: Side of the crop in px.
    """
    outline = cv2.convexHull(landmarks[list(NOSE), :2].astype(np.float32))
    mask = np.zeros((size, size), np.uint8)
    cv2.fillConvexPoly(mask, np.rint(outline * 2**_OUTLINE_SHIFT).astype(np.int32), 1, shift=_OUTLINE_SHIFT)
    return mask


def head_motion(flow: np.ndarray, landmarks: np.ndarray) -> np.ndarray:
    """Motion of the head: the mean flow on the back of the nose.

    Args:
        flow: (S, S, 2) float32 px.
        landmarks: (468, 2 or more) in px of the crop.

    Returns:
        (2,) float32 px; zero if the nose lies outside of the crop.
    """
    return np.array(cv2.mean(flow, mask=nose_mask(landmarks, len(flow)))[:2], dtype=np.float32)


def region_means(flow: np.ndarray, landmarks: np.ndarray) -> np.ndarray:
    """Mean flow of the 14 regions, their squares placed to a fraction of a pixel.

    Args:
        flow: (S, S, 2) float32 px.
        landmarks: (468, 2 or more) in px of the crop.

    Returns:
        (14, 2) float32 px, in the order of :data:`REGIONS`.
    """
    side = region_side(len(flow))
    means = cv2.blur(flow, (side, side), borderType=cv2.BORDER_REPLICATE)
    x, y = region_centers(landmarks).T[:, :, None].copy()
    sampled = cv2.remap(means, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return sampled.reshape(-1, 2)


def grid_means(flow: np.ndarray, cells: int = 12) -> np.ndarray:
    """Area means of the flow on a square grid.

    Args:
        flow: (S, S, 2) float32 px.
        cells: Cells per side. Defaults to 12.

    Returns:
        (cells, cells, 2) float32 px.
    """
    return cv2.resize(flow, (cells, cells), interpolation=cv2.INTER_AREA)
