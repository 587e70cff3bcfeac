"""Morphs between two stills of a person: real expressions instead of action units.

The two meshes are brought into one pose by a 3-D similarity; what is left at the landmarks is the change of the
expression. A share of it moves the resting still, and the same share of the difference of texture is blended in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from mmaction_mespot.synthetic.fields import border_weight, grid_points, spread_over_grid
from mmaction_mespot.synthetic.still import Still, face_landmarks
from mmaction_mespot.synthetic.stills import read_picture

# Points that move little with expressions: forehead, temples, bridge of the nose, corners of the eyes.
_RIGID = (10, 338, 109, 67, 297, 21, 251, 127, 356, 168, 6, 197, 195, 33, 133, 362, 263, 234, 454)
_EYES = ((33, 133, 159, 145), (362, 263, 386, 374))
_MAX_TURN_DEG = 16.0
_MIN_CHANGE = 0.03
_MAX_TEXTURE = 30.0


@dataclass(frozen=True)
class Morph:
    """Change from the resting still to another one.

    Args:
        field: Displacement on the grid whose largest length is one inter-ocular distance, (rows, columns, 2), px.
        texture: Difference of texture in the geometry of the resting still, for an amplitude of one inter-ocular
            distance, (height, width), grey levels; empty around the eyes.
        change: Size of the whole change in inter-ocular distances.
    """

    field: np.ndarray
    texture: np.ndarray
    change: float


def similarity_3d(source: np.ndarray, target: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    """Scale, rotation (3, 3) and shift (3,) that take points onto others with least squares (Umeyama, 1991)."""
    centre_source, centre_target = source.mean(0), target.mean(0)
    from_source, from_target = source - centre_source, target - centre_target
    left, values, right = np.linalg.svd(from_target.T @ from_source)
    mirror = np.diag([1.0, 1.0, float(np.sign(np.linalg.det(left @ right)))])
    rotation = left @ mirror @ right
    scale = float((values * np.diag(mirror)).sum() / (from_source**2).sum())
    return scale, rotation, centre_target - scale * rotation @ centre_source


def build_morphs(still: Still, paths: Sequence[Path], most: int = 4) -> list[Morph]:
    """Morphs towards the stills of similar pose that show another expression.

    Args:
        still: The resting still, framed.
        paths: Other stills of the person.
        most: Number of morphs at most; the largest changes are taken.

    Returns:
        At least one morph, the largest change first.

    Raises:
        ValueError: If no other still shows another expression.
    """
    found = []
    for path in paths:
        if str(path) == still.origin:
            continue
        picture = read_picture(path)
        try:
            landmarks = face_landmarks(picture, str(path))
        except ValueError:
            continue
        morph, turn = _morph(still, picture, landmarks)
        if morph.change >= _MIN_CHANGE:
            found.append((turn, morph))
    if not found:
        raise ValueError(f'{still.origin}: no other still of this person shows another expression.')
    found.sort(key=lambda pair: pair[0])
    alike = [morph for turn, morph in found if turn <= _MAX_TURN_DEG] or [found[0][1]]
    return sorted(alike, key=lambda morph: -morph.change)[:most]


def _morph(still: Still, picture: np.ndarray, landmarks: np.ndarray) -> tuple[Morph, float]:
    """The morph towards a picture, and the angle between the poses in degrees."""
    iod = still.iod
    rigid = list(_RIGID)
    scale, rotation, shift = similarity_3d(landmarks[rigid], still.landmarks[rigid])
    turn = float(np.degrees(np.arccos(np.clip((np.trace(rotation) - 1) / 2, -1, 1))))
    posed = scale * landmarks @ rotation.T + shift
    moved = (posed - still.landmarks)[:, :2]
    height, width = still.image.shape[:2]
    points = grid_points(width, height)
    field = spread_over_grid(still.landmarks[:, :2], moved, points, 0.07 * iod)
    field = field * border_weight(points, width, height)
    largest = float(np.hypot(field[..., 0], field[..., 1]).max())
    texture = _texture(still, picture, landmarks, points)
    change = largest / iod
    return Morph((field / change).astype(np.float32), (texture / change).astype(np.float32), change), turn


def _texture(still: Still, picture: np.ndarray, landmarks: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Fine texture of the other still minus that of the resting one, in the geometry of the latter."""
    height, width = still.image.shape[:2]
    iod = still.iod
    # Affine map from the frame to the picture, and the landmarks' remainder spread smoothly.
    here, there = still.landmarks[:, :2], landmarks[:, :2]
    design = np.column_stack([here, np.ones(len(here))])
    affine, *_ = np.linalg.lstsq(design, there, rcond=None)
    rest = spread_over_grid(here, there - design @ affine, points, 0.07 * iod).astype(np.float32)
    y, x = np.mgrid[:height, :width].astype(np.float32)
    positions = np.stack([x, y, np.ones_like(x)], axis=-1) @ affine.astype(np.float32)
    positions += cv2.resize(rest, (width, height), interpolation=cv2.INTER_LINEAR)
    warped = cv2.remap(
        picture.astype(np.float32), positions, None, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    difference = _fine(_grey(warped), 0.12 * iod) - _fine(_grey(still.image), 0.12 * iod)
    difference = cv2.GaussianBlur(difference, (0, 0), max(0.012 * iod, 0.6)).clip(-_MAX_TEXTURE, _MAX_TEXTURE)
    return difference * _face_mask(still)


def _grey(image: np.ndarray) -> np.ndarray:
    return image if image.ndim == 2 else image.mean(-1)


def _fine(image: np.ndarray, sigma: float) -> np.ndarray:
    return image - cv2.GaussianBlur(image, (0, 0), sigma)


def _face_mask(still: Still) -> np.ndarray:
    """1 on the skin of the face, softly 0 around it and around the eyes."""
    height, width = still.image.shape[:2]
    mask = np.zeros((height, width), np.float32)
    hull = cv2.convexHull(still.landmarks[:, :2].astype(np.float32)).round().astype(np.int32)
    cv2.fillConvexPoly(mask, hull, 1.0)
    size = 2 * round(0.08 * still.iod) + 1
    mask = cv2.erode(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))
    for eye in _EYES:
        centre = still.landmarks[list(eye), :2].mean(0)
        axes = (round(0.38 * still.iod), round(0.26 * still.iod))
        cv2.ellipse(mask, tuple(int(round(v)) for v in centre), axes, 0, 0, 360, 0.0, -1)
    return cv2.GaussianBlur(mask, (0, 0), 0.05 * still.iod)
