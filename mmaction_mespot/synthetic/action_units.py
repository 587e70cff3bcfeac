"""Action units as smooth displacement fields around the landmarks of the 468-point face mesh.

The fields follow the appearance changes of the Facial Action Coding System (Ekman & Friesen, 1978): which
part of the face moves and where to. Each is a sum of Gaussians around landmarks, for each side apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

EYE_CORNERS_RIGHT, EYE_CORNERS_LEFT = (33, 133), (362, 263)


@dataclass(frozen=True)
class Pull:
    """One Gaussian of a field: a point of the face moves along a direction.

    Args:
        right: Landmarks of the person's right side whose mean is the centre.
        left: The same of the left side.
        lateral: Motion away from the middle of the face.
        down: Motion towards the chin.
        sigma: Width of the Gaussian in inter-ocular distances.
    """

    right: tuple[int, ...]
    left: tuple[int, ...]
    lateral: float
    down: float
    sigma: float


_INNER_BROW = ((107, 55), (336, 285))
_MID_BROW = ((105, 52), (334, 282))
_OUTER_BROW = ((63, 53), (293, 283))
_CORNER = ((61,), (291,))
_CHEEK = ((205, 50), (425, 280))
_UNDER_EYE = ((117, 118), (346, 347))
_LOWER_LID, _UPPER_LID = ((145,), (374,)), ((159,), (386,))
_ALA = ((129, 102), (358, 331))
_UPPER_LIP, _LOWER_LIP = ((39, 37), (269, 267)), ((181, 84), (405, 314))
_FOLD = ((203,), (423,))
_CHIN = ((201, 208), (421, 428))


def _pull(place: tuple[tuple[int, ...], tuple[int, ...]], lateral: float, down: float, sigma: float) -> Pull:
    return Pull(place[0], place[1], lateral, down, sigma)


ACTION_UNITS: dict[int, tuple[Pull, ...]] = {
    1: (_pull(_INNER_BROW, 0.0, -1.0, 0.22), _pull(_MID_BROW, 0.0, -0.3, 0.20)),
    2: (_pull(_OUTER_BROW, 0.0, -1.0, 0.24), _pull(_MID_BROW, 0.0, -0.35, 0.20)),
    4: (_pull(_INNER_BROW, -0.45, 0.9, 0.20), _pull(_MID_BROW, -0.2, 0.5, 0.22)),
    6: (_pull(_UNDER_EYE, -0.1, -0.9, 0.20), _pull(_CHEEK, 0.1, -0.5, 0.22), _pull(_LOWER_LID, 0, -0.3, 0.1)),
    7: (_pull(_LOWER_LID, -0.1, -1.0, 0.13), _pull(_UPPER_LID, 0.0, 0.55, 0.09)),
    9: (
        _pull(_ALA, 0.1, -1.0, 0.16),
        _pull(_UPPER_LIP, 0.0, -0.4, 0.14),
        _pull(_INNER_BROW, -0.2, 0.4, 0.16),
    ),
    10: (_pull(_UPPER_LIP, 0.1, -1.0, 0.15), _pull(_FOLD, 0.15, -0.6, 0.18)),
    12: (_pull(_CORNER, 0.75, -0.7, 0.20), _pull(_CHEEK, 0.25, -0.45, 0.24)),
    14: (_pull(_CORNER, 0.95, 0.05, 0.14), _pull(_LOWER_LIP, 0.25, -0.1, 0.14)),
    15: (_pull(_CORNER, 0.15, 1.0, 0.17), _pull(_CHIN, 0.1, 0.25, 0.18)),
    17: (_pull(_CHIN, 0.0, -1.0, 0.20), _pull(_LOWER_LIP, 0.0, -0.55, 0.14)),
    20: (_pull(_CORNER, 1.0, 0.2, 0.19), _pull(_LOWER_LIP, 0.4, 0.15, 0.15)),
    24: (
        _pull(_UPPER_LIP, -0.15, 0.8, 0.12),
        _pull(_LOWER_LIP, -0.15, -0.8, 0.12),
        _pull(_CORNER, -0.4, 0, 0.12),
    ),
}

EXPRESSIONS: dict[str, tuple[tuple[int, ...], ...]] = {
    'happiness': ((12,), (6, 12), (6, 12), (12, 10)),
    'disgust': ((9,), (10,), (4, 9), (4, 10), (10, 17)),
    'anger': ((4,), (4, 7), (4, 7), (24,), (4, 24)),
    'sadness': ((1, 4), (15,), (15, 17), (1,)),
    'surprise': ((1, 2), (1, 2), (2,)),
    'fear': ((20,), (1, 4, 20)),
    'others': ((14,), (17,), (24,), (7,)),
}
"""Emotion words of the label table and the action units that stand for them."""


def face_axes(landmarks: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Frame of a face in the picture.

    Args:
        landmarks: Mesh points, shape (468, 2 or 3), px.

    Returns:
        The point between the eyes (2,), the unit vector from the person's right to the left (2,), the unit
        vector towards the chin (2,), and the inter-ocular distance in px (between the middles of the eyes).
    """
    points = np.asarray(landmarks, dtype=np.float64)[:, :2]
    right, left = points[list(EYE_CORNERS_RIGHT)].mean(0), points[list(EYE_CORNERS_LEFT)].mean(0)
    distance = float(np.hypot(*(left - right)))
    across = (left - right) / distance
    return (right + left) / 2, across, np.array([-across[1], across[0]]), distance


def pull_centre(landmarks: np.ndarray, pull: Pull, side: str) -> np.ndarray:
    """Centre of a pull in px, shape (2,); `side` is `L` or `R` of the person."""
    indices = pull.left if side == 'L' else pull.right
    return np.asarray(landmarks, dtype=np.float64)[list(indices), :2].mean(0)


def action_unit_field(
    landmarks: np.ndarray, points: np.ndarray, unit: int, sides: Sequence[str] = ('L', 'R')
) -> np.ndarray:
    """Displacement of an action unit whose largest length is one inter-ocular distance.

    Args:
        landmarks: Mesh points, shape (468, 2 or 3), px.
        points: Where the field is wanted, shape (..., 2), px.
        unit: Number of the action unit, a key of `ACTION_UNITS`.
        sides: Sides of the face that move.

    Returns:
        Displacement in px for an amplitude of 1, shape (..., 2).

    Raises:
        KeyError: If the action unit is not known.
    """
    _, across, towards_chin, iod = face_axes(landmarks)
    field = np.zeros(points.shape)
    for side in sides:
        outwards = across if side == 'L' else -across
        one_side = np.zeros(points.shape)
        for pull in ACTION_UNITS[unit]:
            offset = (points - pull_centre(landmarks, pull, side)) / (pull.sigma * iod)
            weight = np.exp(-0.5 * (offset**2).sum(-1, keepdims=True))
            one_side += weight * (pull.lateral * outwards + pull.down * towards_chin)
        field += one_side
    return field * iod / np.hypot(field[..., 0], field[..., 1]).max()
