"""Morphs between two stills of a person: real expressions instead of action units.

The two meshes are brought into one pose by a 3-D similarity; what is left at the landmarks is the change of
the expression. A share of it moves the resting still, and the same share of the difference of texture is
blended in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.synthetic.fields import border_weight, grid_points, spread_over_grid
from mmaction_mespot.synthetic.still import Still, face_landmarks
from mmaction_mespot.synthetic.stills import read_picture

# Points that move little with expressions: forehead, temples, bridge of the nose, corners of the eyes.
_RIGID = (10, 338, 109, 67, 297, 21, 251, 127, 356, 168, 6, 197, 195, 33, 133, 362, 263, 234, 454)
_EYES = ((33, 133, 159, 145), (362, 263, 386, 374))
_MAX_TURN_DEG = 16.0
LEAST_CHANGE = 0.03
"""Size of a morph, in inter-ocular distances, below which two stills show the same expression."""
_MAX_TEXTURE = 30.0
_SPREAD, _RIM = 0.07, 0.2
_ROBUST_ROUNDS, _ROBUST_SCALE = 8, 0.015


@dataclass(frozen=True)
class Morph:
    """Change from the resting still to another one.

    Args:
        field: Displacement on the grid whose largest length is one inter-ocular distance, shape
            (2, rows, columns), px.
        texture: Difference of texture in the geometry of the resting still, for an amplitude of one
            inter-ocular distance, shape (height, width), grey levels; empty around the eyes.
        change: Size of the whole change in inter-ocular distances.
    """

    field: np.ndarray
    texture: np.ndarray
    change: float


def similarity_3d(
    source: np.ndarray, target: np.ndarray, weights: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray]:
    """Similarity that takes points onto others with weighted least squares (Umeyama, 1991).

    Args:
        source: Shape (n, 3).
        target: Shape (n, 3).
        weights: Shape (n,), not negative.

    Returns:
        Scale, rotation (3, 3) and shift (3,): `target` is near `scale * source @ rotation.T + shift`.
    """
    share = (weights / weights.sum())[:, None]
    centre_source, centre_target = (share * source).sum(0), (share * target).sum(0)
    from_source, from_target = source - centre_source, target - centre_target
    left, values, right = np.linalg.svd(from_target.T @ (share * from_source))
    mirror = np.diag([1.0, 1.0, float(np.sign(np.linalg.det(left @ right)))])
    rotation = left @ mirror @ right
    scale = float((values * np.diag(mirror)).sum() / (share * from_source**2).sum())
    return scale, rotation, centre_target - scale * rotation @ centre_source


def build_morphs(
    still: Still, paths: Sequence[Path], most: int = 4, least_change: float = LEAST_CHANGE
) -> list[Morph]:
    """Morphs towards the stills of similar pose that show another expression.

    Args:
        still: The resting still, framed.
        paths: Other stills of the person.
        most: Number of morphs at most; the largest changes are taken.
        least_change: Size of the smallest morph, inter-ocular distances.

    Returns:
        At least one morph, the largest change first.

    Raises:
        MESpotError: If no other still shows another expression.
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
        if morph.change >= least_change:
            found.append((turn, morph))
    if not found:
        raise MESpotError(f'{still.origin}: no other still of this person shows another expression.')
    found.sort(key=lambda pair: pair[0])
    alike = [morph for turn, morph in found if turn <= _MAX_TURN_DEG] or [found[0][1]]
    return sorted(alike, key=lambda morph: -morph.change)[:most]


def _morph(still: Still, picture: np.ndarray, landmarks: np.ndarray) -> tuple[Morph, float]:
    """The morph towards a picture, and the angle between the poses in degrees."""
    iod = still.iod
    posed, turn = _bring_into_pose(landmarks, still)
    height, width = still.image.shape[:2]
    points = grid_points(width, height)
    # An affine map takes the frame to the picture; what the landmarks do beside it is spread smoothly.
    here, there = still.landmarks[:, :2], landmarks[:, :2]
    design = np.column_stack([here, np.ones(len(here))])
    affine, *_ = np.linalg.lstsq(design, there, rcond=None)
    change_of_expression = (posed[:, :2] - here) * _inside_share(here, _RIM * iod)
    values = np.hstack([change_of_expression, there - design @ affine])
    spread = spread_over_grid(here, values, points, _SPREAD * iod)
    field = spread[..., :2] * border_weight(points, width, height)
    change = float(np.hypot(field[..., 0], field[..., 1]).max()) / iod
    texture = _texture(still, picture, affine, spread[..., 2:])
    scaled = np.ascontiguousarray(field.transpose(2, 0, 1) / change, dtype=np.float32)
    return Morph(scaled, (texture / change).astype(np.float32), change), turn


def _inside_share(landmarks: np.ndarray, rim_px: float) -> np.ndarray:
    """0 at the outline of the face, where the mesh is least sure, 1 from `rim_px` inwards, shape (n, 1)."""
    hull = cv2.convexHull(landmarks.astype(np.float32))
    inwards = [cv2.pointPolygonTest(hull, (float(x), float(y)), True) for x, y in landmarks]
    return np.clip(np.array(inwards) / rim_px, 0.0, 1.0)[:, None]


def _bring_into_pose(landmarks: np.ndarray, still: Still) -> tuple[np.ndarray, float]:
    """Landmarks of another still in the pose of `still`, and the angle between the poses in degrees.

    The points that fit badly are those that the expression moves: they count less and less.
    """
    target = still.landmarks
    weights = np.zeros(len(target))
    weights[list(_RIGID)] = 1.0
    for _ in range(_ROBUST_ROUNDS):
        scale, rotation, shift = similarity_3d(landmarks, target, weights)
        posed = scale * landmarks @ rotation.T + shift
        error = np.hypot(*(posed - target)[:, :2].T) / (_ROBUST_SCALE * still.iod)
        weights = 1.0 / (1.0 + error**2)
    return posed, float(np.degrees(np.arccos(np.clip((np.trace(rotation) - 1) / 2, -1, 1))))


def _texture(still: Still, picture: np.ndarray, affine: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """Fine texture of the other still minus that of the resting one, in the geometry of the latter."""
    height, width = still.image.shape[:2]
    iod = still.iod
    y, x = np.mgrid[:height, :width].astype(np.float32)
    positions = np.stack([x, y, np.ones_like(x)], axis=-1) @ affine.astype(np.float32)
    positions += cv2.resize(rest.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    map_x, map_y = (np.ascontiguousarray(positions[..., axis]) for axis in range(2))
    other = np.asarray(
        cv2.remap(_grey(picture), map_x, map_y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    )
    difference = _fine(other, 0.12 * iod) - _fine(_grey(still.image), 0.12 * iod)
    difference = cv2.GaussianBlur(difference, (0, 0), max(0.012 * iod, 0.6)).clip(-_MAX_TEXTURE, _MAX_TEXTURE)
    return difference * _face_mask(still)


def _grey(image: np.ndarray) -> np.ndarray:
    return (image if image.ndim == 2 else image.mean(-1)).astype(np.float32)


def _fine(image: np.ndarray, sigma: float) -> np.ndarray:
    return image - cv2.GaussianBlur(image, (0, 0), sigma)


def _face_mask(still: Still) -> np.ndarray:
    """1 on the skin of the face, softly 0 around it and around the eyes."""
    height, width = still.image.shape[:2]
    mask = np.zeros((height, width), np.float32)
    hull = cv2.convexHull(still.landmarks[:, :2].astype(np.float32)).round().astype(np.int32)
    cv2.fillConvexPoly(mask, hull, 1.0)
    size = 2 * round(0.08 * still.iod) + 1
    mask = np.asarray(cv2.erode(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))))
    for eye in _EYES:
        centre = still.landmarks[list(eye), :2].mean(0)
        axes = (round(0.38 * still.iod), round(0.26 * still.iod))
        cv2.ellipse(mask, centre.round().astype(int).tolist(), axes, 0, 0, 360, 0.0, -1)
    return cv2.GaussianBlur(mask, (0, 0), 0.05 * still.iod)
