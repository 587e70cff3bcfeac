"""The shape of a face over time without its pose: which parts of it are where they do not rest.

Optical flow is exact over a second and drifts over many; the landmarks of the mesh are rough but stay where
they are. Large, slow and held expressions are seen in them, also while the head turns.
"""

from __future__ import annotations

import numpy as np

SHAPE_REGIONS: dict[str, tuple[int, ...]] = {
    'right_brow_inner': (107, 55, 9),
    'left_brow_inner': (336, 285),
    'right_brow_outer': (70, 46, 105, 66),
    'left_brow_outer': (300, 276, 334, 296),
    'right_mouth_corner': (61, 185, 146),
    'left_mouth_corner': (291, 409, 375),
    'upper_lip': (0, 13, 37, 267),
    'lower_lip': (17, 14, 84, 314),
    'chin': (152, 199, 175),
    'right_nose_wing': (129, 98),
    'left_nose_wing': (358, 327),
    'right_cheek': (118, 101, 50),
    'left_cheek': (347, 330, 280),
}
"""Mesh points of each region; right and left are the person's."""

MEAN_FACE: dict[int, tuple[float, float, float]] = {
    33: (-0.72, 0.062, -0.007),
    133: (-0.28, 0.085, -0.093),
    362: (0.28, 0.085, -0.093),
    263: (0.72, 0.062, -0.007),
    168: (0, -0.014, -0.362),
    6: (0, 0.104, -0.426),
    197: (0, 0.217, -0.502),
    195: (0, 0.324, -0.585),
    5: (0, 0.439, -0.671),
    4: (0, 0.579, -0.705),
    10: (0, -0.816, -0.314),
    67: (-0.564, -0.758, -0.185),
    297: (0.564, -0.758, -0.185),
    21: (-1.049, -0.313, 0.406),
    251: (1.049, -0.313, 0.406),
    127: (-1.11, 0.136, 0.791),
    356: (1.11, 0.136, 0.791),
    234: (-1.094, 0.371, 0.87),
    454: (1.094, 0.371, 0.87),
}
"""Eye corners, nose, forehead and temples, which follow the skull, of a mean face that looks straight ahead:
places by mesh point, in distances of the eyes."""
_RIGID = tuple(MEAN_FACE)
_LIDS = ((159, 145), (158, 153), (386, 374), (385, 380))
_LIPS = (13, 14)
_OUTLINE = (454, 234, 152, 10)
"""Left and right side, chin and top of the face, whose depths tell yaw and pitch."""

SHAPE_POINTS: tuple[int, ...] = tuple(
    dict.fromkeys((*_RIGID, *sum(SHAPE_REGIONS.values(), ()), *sum(_LIDS, ()), *_OUTLINE))
)
"""The mesh points that a shape is made of, in the order in which they are stored."""

_PLACE = {point: place for place, point in enumerate(SHAPE_POINTS)}
_WEIGHT_ROUNDS = 3
_ROUGHNESS = 0.048
"""Distance from which a rigid point counts less, in inter-ocular distances: it is no outlier below."""


def shape_points(landmarks: np.ndarray) -> np.ndarray:
    """The points of a shape.

    Args:
        landmarks: Mesh in px of the aligned crop, (..., 468, 3).

    Returns:
        float32, (..., len(SHAPE_POINTS), 3).
    """
    return np.asarray(landmarks)[..., list(SHAPE_POINTS), :].astype(np.float32)


def without_pose(shapes: np.ndarray, eye_distance: float) -> np.ndarray:
    """Bring each shape into the pose of a mean face that looks straight ahead.

    Each frame by itself is mapped by a 3-D similarity that fits its rigid points to those of the mean face
    (Umeyama's closed form, weights that bound the influence of outliers): what becomes of a frame does not
    depend on the others of its video.

    Args:
        shapes: As :func:`shape_points` gives them, (n, points, 3).
        eye_distance: Distance between the middles of the eyes in the same unit.

    Returns:
        float64, (n, points, 3), about the middle of the rigid points.
    """
    points = np.asarray(shapes, dtype=np.float64)
    rigid = points[:, [_PLACE[point] for point in _RIGID]]
    goal, limit = eye_distance * np.array(list(MEAN_FACE.values())), _ROUGHNESS * eye_distance
    weights = np.ones((len(points), len(goal), 1))
    for _ in range(_WEIGHT_ROUNDS):
        share = weights / weights.sum(axis=1, keepdims=True)
        middle = (share * rigid).sum(axis=1, keepdims=True)
        target = (share * goal).sum(axis=1, keepdims=True)
        centred, aim = rigid - middle, goal - target
        left, values, right = np.linalg.svd((share * centred).transpose(0, 2, 1) @ aim)
        sign = np.ones((len(points), 3))
        sign[:, 2] = np.sign(np.linalg.det(left @ right))
        turn = (left * sign[:, None]) @ right
        spread = np.maximum((share * centred**2).sum(axis=(1, 2)), 1e-9)
        scale = ((values * sign).sum(axis=1) / spread)[:, None, None]
        error = np.linalg.norm(scale * centred @ turn - aim, axis=2, keepdims=True)
        weights = limit / np.maximum(error, limit)
    return scale * (points - middle) @ turn + target


def region_places(shapes: np.ndarray) -> np.ndarray:
    """Mean place of each region in the picture plane, (n, 13, 2), of (n, points, 3) shapes."""
    means = [
        shapes[:, [_PLACE[point] for point in points], :2].mean(axis=1) for points in SHAPE_REGIONS.values()
    ]
    return np.stack(means, axis=1)


def eye_opening(shapes: np.ndarray) -> np.ndarray:
    """Mean distance of the lids of both eyes, (n,), of (n, points, 3) shapes."""
    gaps = [np.linalg.norm(shapes[:, _PLACE[a], :2] - shapes[:, _PLACE[b], :2], axis=1) for a, b in _LIDS]
    return np.mean(gaps, axis=0)


def lip_opening(shapes: np.ndarray) -> np.ndarray:
    """Distance of the inner edges of the lips, (n,), of (n, points, 3) shapes."""
    upper, lower = (shapes[:, _PLACE[point], :2] for point in _LIPS)
    return np.asarray(np.linalg.norm(upper - lower, axis=1))


def head_turn(shapes: np.ndarray) -> np.ndarray:
    """Yaw and pitch as slopes of the depth, (n, 2), of (n, points, 3) shapes that still have their pose."""
    left, right, chin, top = (shapes[:, _PLACE[point]] for point in _OUTLINE)
    yaw = (left[:, 2] - right[:, 2]) / np.maximum(left[:, 0] - right[:, 0], 1.0)
    pitch = (chin[:, 2] - top[:, 2]) / np.maximum(chin[:, 1] - top[:, 1], 1.0)
    return np.stack([yaw, pitch], axis=1)
