"""A small picture of the parts of a face that expressions move, cut out by landmarks and stacked."""

from __future__ import annotations

import cv2
import numpy as np

PATCH_SIZE = 42
"""Side of the stacked picture in px."""

BROWS = (70, 63, 105, 66, 107, 336, 296, 334, 293, 300, 46, 276)
MOUTH = (61, 291, 0, 17, 37, 267, 84, 314)
EYES = (
    (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7),
    (263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249),
)
"""Points of the face mesh: what a part of the picture is cut out around, and what is masked."""

EYE_MARGIN = 0.067
"""How far the mask of an eye goes beyond its outline, as a share of the crop: 15 px of 224."""
_MARGIN = 0.04
_ROWS = {'brows': (0, PATCH_SIZE // 2), 'mouth': (PATCH_SIZE // 2, PATCH_SIZE)}


def patch_boxes(landmarks: np.ndarray, size: int) -> dict[str, tuple[int, int, int, int]]:
    """Left, top, right and bottom of the parts in px of the crop, within it.

    Args:
        landmarks: (468, 2 or more) in px of the crop.
        size: Side of the crop in px.
    """
    boxes = {}
    margin = _MARGIN * size
    for name, points in (('brows', BROWS), ('mouth', MOUTH)):
        own = landmarks[list(points), :2]
        low, high = np.floor(own.min(axis=0) - margin), np.ceil(own.max(axis=0) + margin)
        left, top = np.clip(low, 0, size - 2).astype(int)
        right, bottom = np.maximum(np.clip(high, 0, size).astype(int), (left + 2, top + 2))
        boxes[name] = (int(left), int(top), int(right), int(bottom))
    return boxes


def face_patch(flow: np.ndarray, landmarks: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """Brows above mouth, each stretched to half of a square.

    Args:
        flow: (S, S, 2) float32 px.
        landmarks: (468, 2 or more) in px of the crop.
        rest: Motion of the head, (2,) px. It stands where an eye is masked, so that nothing is left there
            once it is subtracted.

    Returns:
        (42, 42, 2) float32, px of the crop.
    """
    size = len(flow)
    mask: np.ndarray = np.zeros((size, size), np.uint8)
    for eye in EYES:
        cv2.fillConvexPoly(mask, cv2.convexHull(np.rint(landmarks[list(eye), :2]).astype(np.int32)), 1)
    reach = 2 * round(EYE_MARGIN * size) + 1
    mask = cv2.dilate(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach)))
    masked = np.where(mask[..., None] > 0, np.asarray(rest, np.float32), flow)
    patch = np.empty((PATCH_SIZE, PATCH_SIZE, 2), np.float32)
    for name, (left, top, right, bottom) in patch_boxes(landmarks, size).items():
        first, last = _ROWS[name]
        patch[first:last] = cv2.resize(
            masked[top:bottom, left:right], (PATCH_SIZE, last - first), interpolation=cv2.INTER_AREA
        )
    return patch
