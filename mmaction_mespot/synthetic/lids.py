"""Closing eyes: the skin of the upper lid slides over the eye, which itself does not move."""

from __future__ import annotations

import cv2
import numpy as np

from mmaction_mespot.synthetic.still import Still

_UPPER = ((33, 246, 161, 160, 159, 158, 157, 173, 133), (362, 398, 384, 385, 386, 387, 388, 466, 263))
_LOWER = ((33, 7, 163, 144, 145, 153, 154, 155, 133), (362, 382, 381, 380, 374, 373, 390, 249, 263))
_BROW = ((46, 53, 52, 65, 55), (285, 295, 282, 283, 276))
_BELOW = (119, 348)
_OVERSAMPLING = 3
_LASH_WIDTH = 0.02
_LID_TONE, _LID_LIFT = 0.85, 0.6


def close_eyes(still: Still, levels: int) -> np.ndarray:
    """Pictures of a still with more and more closed eyes.

    Args:
        still: The still with open eyes.
        levels: Number of pictures.

    Returns:
        float32, shape (levels, height, width[, 3]); the first is the still, the last has closed eyes.
    """
    pictures = np.repeat(still.image[None], levels, axis=0)
    for eye in range(2):
        for level in range(1, levels):
            _close_eye(still, pictures[level], eye, level / (levels - 1))
    return pictures


def _curve(points: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Height of a contour over each column; held constant beyond its ends."""
    order = np.argsort(points[:, 0], kind='stable')
    return np.interp(columns, points[order, 0], points[order, 1])


def _close_eye(still: Still, picture: np.ndarray, eye: int, closure: float) -> None:
    """Draw one eye of `still` with the lid lowered by a share of its way into `picture`, in place."""
    points = still.landmarks
    upper, lower, brow = (points[list(group[eye]), :2] for group in (_UPPER, _LOWER, _BROW))
    rows, columns = picture.shape[:2]
    low = np.floor(np.minimum(upper.min(0), brow.min(0)) - 4).astype(int).clip(0)
    high = np.ceil(np.maximum(upper.max(0), lower.max(0)) + 6).astype(int).clip(max=[columns, rows])
    (left, top), (right, bottom) = low, high
    step = 1 / _OVERSAMPLING
    x = left + (np.arange((right - left) * _OVERSAMPLING) + 0.5) * step - 0.5
    y = (top + (np.arange((bottom - top) * _OVERSAMPLING) + 0.5) * step - 0.5)[:, None]
    lash = 0.012 * still.iod
    edge = _curve(upper, x) + lash
    target = np.maximum(_curve(lower, x) + 1.5 * lash, edge)
    # Towards the corners the two contours meet; outside of them the lid does not move.
    inside = (x > upper[:, 0].min()) & (x < upper[:, 0].max())
    moved = np.where(inside, edge + closure * (target - edge), edge)
    skin_top = edge - 0.6 * np.maximum(edge - _curve(brow, x), 4.0)
    # The lashes keep their width, the skin above them is stretched.
    lashes = np.minimum(_LASH_WIDTH * still.iod, 0.6 * (edge - skin_top))
    lid = skin_top + (y - skin_top) * (edge - lashes - skin_top) / (moved - lashes - skin_top)
    stretched = np.where(y < moved - lashes, lid, y - moved + edge)
    covered = (y > skin_top) & (y < moved)
    source = np.where(covered, stretched, y)
    map_x = np.broadcast_to(x, source.shape).astype(np.float32)
    drawn = cv2.remap(
        still.image, map_x, source.astype(np.float32), cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    # A lowered lid leaves the shadow of the brow: it takes on the tone of the skin below the eye.
    onto_eye = np.clip((y - edge) / (0.03 * still.iod), 0, 1) * (y < moved - lashes)
    light = cv2.GaussianBlur(onto_eye.astype(np.float32), (0, 0), 0.012 * still.iod * _OVERSAMPLING)
    tone = _skin_tone(still, eye) * _LID_TONE
    if drawn.ndim == 3:
        light = light[..., None]
    drawn = drawn + _LID_LIFT * light * np.maximum(tone - drawn, 0)
    picture[top:bottom, left:right] = cv2.resize(
        drawn.astype(np.float32), (int(right - left), int(bottom - top)), interpolation=cv2.INTER_AREA
    )


def _skin_tone(still: Still, eye: int) -> np.ndarray:
    """Median grey level or colour of a patch below an eye."""
    x, y = still.landmarks[_BELOW[eye], :2].round().astype(int)
    reach = max(2, round(0.05 * still.iod))
    patch = still.image[max(y - reach, 0) : y + reach + 1, max(x - reach, 0) : x + reach + 1]
    return np.median(patch, axis=(0, 1))
