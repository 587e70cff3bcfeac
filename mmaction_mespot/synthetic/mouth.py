"""Opening mouths: the lower lip and the chin go down, the upper lip a little up, the gap is dark."""

from __future__ import annotations

import cv2
import numpy as np

from mmaction_mespot.synthetic.still import Still

_INNER_UPPER = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308)
_INNER_LOWER = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308)
_LIPS = (61, 291, 0, 17, 13, 14, 37, 267, 84, 314)
_CHIN = 152


def open_mouth(still: Still, levels: int, widest: float, teeth: bool = False) -> np.ndarray:
    """Pictures of a still with the mouth opened further and further.

    Args:
        still: The still.
        levels: Number of pictures.
        widest: Opening of the last picture in inter-ocular distances.
        teeth: Whether the upper teeth show in the gap. Defaults to False.

    Returns:
        float32, shape (levels, height, width[, 3]); the first is the still.
    """
    step = widest * still.iod / max(levels - 1, 1)
    return np.stack([_opened(still, step * i, teeth) for i in range(levels)])


def open_mouth_by(still: Still, opening: float, teeth: bool = False) -> np.ndarray:
    """The picture of a still with the mouth opened by `opening` px, float32; see `open_mouth`."""
    return _opened(still, opening, teeth)


def _smoothstep(value: np.ndarray) -> np.ndarray:
    value = np.clip(value, 0.0, 1.0)
    return value * value * (3 - 2 * value)


def _opened(still: Still, opening: float, teeth: bool) -> np.ndarray:
    if opening == 0:
        return still.image.copy()
    points, iod = still.landmarks, still.iod
    rows, columns = still.image.shape[:2]
    x = np.arange(columns, dtype=np.float64)
    y = np.arange(rows, dtype=np.float64)[:, None]
    upper = np.interp(x, points[list(_INNER_UPPER), 0], points[list(_INNER_UPPER), 1])
    lower = np.maximum(np.interp(x, points[list(_INNER_LOWER), 0], points[list(_INNER_LOWER), 1]), upper)
    middle, half = points[[78, 308], 0].mean(), (points[308, 0] - points[78, 0]) / 2
    arch = np.clip(1 - ((x - middle) / half) ** 2, 0.0, None) ** 0.6
    chin = points[_CHIN, 1]

    # Below the gap: the lower lip follows the arch, the chin moves as a whole, the neck and the sides stay.
    jaw = np.exp(-0.5 * ((x - middle) / (0.55 * iod)) ** 2)
    lip_edge = lower + 0.85 * opening * arch
    to_jaw = _smoothstep((y - lip_edge) / (0.35 * iod))
    stays = 1 - _smoothstep((y - chin + 0.1 * iod) / np.maximum(min(0.4 * iod, rows - chin - 2), 4))
    down = 0.85 * opening * (arch * (1 - to_jaw) + jaw * to_jaw) * stays
    # Above the gap: the upper lip lifts a little, fading towards the nose.
    raised = upper - 0.15 * opening * arch
    lift = 0.15 * opening * arch * (1 - _smoothstep((raised - y) / (0.25 * iod)))
    within = (y >= raised) & (y < lip_edge) & (arch > 0)
    # At the sides of the mouth the jaw's motion fades in from the height of the lips.
    below = _smoothstep((y - lower) / (0.35 * iod)) * jaw * 0.85 * opening * stays
    shift = np.where(arch > 0, np.where(y >= lip_edge, down, -lift), below)
    stretched = upper + (y - raised) / np.maximum(lip_edge - raised, 1e-6) * (lower - upper)
    source = np.where(within, stretched, y - shift).astype(np.float32)
    map_x = np.broadcast_to(x, source.shape).astype(np.float32)
    drawn = cv2.remap(still.image, map_x, source, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)

    # Where the lips were closed there is nothing to stretch: the gap is the darkness of the mouth.
    wider = (lip_edge - raised) - (lower - upper)
    depth = within * np.clip(wider / 3.0, 0, 1) * np.clip(1 - (lower - upper) / (0.06 * iod), 0, 1)
    darkness = cv2.GaussianBlur(depth.astype(np.float32), (0, 0), max(0.008 * iod, 0.5))
    lips = still.image[_patch(points[list(_LIPS), :2], rows, columns)]
    dark = 0.35 * np.quantile(lips.reshape(-1, *lips.shape[2:]), 0.03, axis=0)
    inside = np.broadcast_to(dark, drawn.shape)
    if teeth:
        inside = _with_teeth(still, inside, x, y - raised, arch, half, lip_edge - raised)
    if still.image.ndim == 3:
        darkness = darkness[..., None]
    return (drawn * (1 - darkness) + inside * darkness).astype(np.float32)


def _with_teeth(
    still: Still,
    inside: np.ndarray,
    x: np.ndarray,
    below_lip: np.ndarray,
    arch: np.ndarray,
    half: float,
    gap: np.ndarray,
) -> np.ndarray:
    """The dark of the mouth with a row of upper teeth that fades towards the corners, in one tone."""
    iod = still.iod
    height = np.minimum(0.11 * iod, 0.55 * gap)
    row = np.clip((height - below_lip) / (0.012 * iod), 0, 1) * arch**1.5
    middle = still.landmarks[[78, 308], 0].mean()
    seams = 1 - 0.25 * np.exp(-(((((x - middle) / (0.17 * half)) % 1) - 0.5) ** 2) / 0.004)
    face = still.image[_patch(still.landmarks[list(_LIPS), :2], *still.image.shape[:2])]
    bright = 0.9 * np.quantile(face.mean(-1) if face.ndim == 3 else face, 0.95)
    weight, tone = row * (0.55 + 0.45 * arch), bright * seams * np.ones_like(row)
    if still.image.ndim == 3:
        weight, tone = weight[..., None], tone[..., None] * np.array([0.9, 0.97, 1.0])
    return inside * (1 - weight) + tone * weight


def _patch(points: np.ndarray, rows: int, columns: int) -> tuple[slice, slice]:
    left, top = np.floor(points.min(0)).astype(int).clip(0)
    right, bottom = np.ceil(points.max(0)).astype(int) + 1
    return slice(top, min(bottom, rows)), slice(left, min(right, columns))
