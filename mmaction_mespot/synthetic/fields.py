"""Displacement fields of a face on a coarse grid: all motion of a frame is one product with a matrix."""

from __future__ import annotations

import numpy as np

from mmaction_mespot.synthetic.action_units import ACTION_UNITS, action_unit_field, face_axes
from mmaction_mespot.synthetic.motion import POSE, SIDES
from mmaction_mespot.synthetic.still import Still

GRID_STEP = 8
_CHIN, _EARS = 152, (234, 454)
# Skin that is pushed together looks darker, skin that is pulled apart lighter: a stand-in for folds.
_FOLD_SHADING = 0.3


def grid_points(width: int, height: int) -> np.ndarray:
    """Nodes of the grid, shape (height / 8, width / 8, 2), px: the middles of the cells of 8 x 8 px."""
    x = (np.arange(width // GRID_STEP) + 0.5) * GRID_STEP - 0.5
    y = (np.arange(height // GRID_STEP) + 0.5) * GRID_STEP - 0.5
    return np.stack(np.meshgrid(x, y), axis=-1)


def border_weight(points: np.ndarray, width: int, height: int) -> np.ndarray:
    """1 in the middle of the frame, 0 at its border: the background and the shoulders stay where they are."""
    margin = 0.10 * width
    inwards = np.minimum(points, [width - 1, height - 1] - points) - GRID_STEP / 2
    near = np.clip(inwards / margin, 0, 1)
    return (near * near * (3 - 2 * near)).prod(-1, keepdims=True)


def displacement_basis(still: Still) -> np.ndarray:
    """Fields of all columns of a motion.

    Args:
        still: The framed still.

    Returns:
        Displacement (x, y) in px and relative change of brightness for a coefficient of 1, shape
        (columns of a motion, 3, rows, columns), float32.
    """
    height, width = still.image.shape[:2]
    points = grid_points(width, height)
    weight = border_weight(points, width, height)
    fields = [
        action_unit_field(still.landmarks, points, unit, (side,)) * weight
        for unit in ACTION_UNITS
        for side in SIDES
    ]
    basis = [np.concatenate([field, _fold_shading(field)], axis=-1) for field in fields]
    pose = _pose_fields(still, points)
    flat = np.zeros((*points.shape[:2], 1))
    basis += [np.concatenate([pose[name] * weight, flat], axis=-1) for name in POSE]
    return np.ascontiguousarray(np.stack(basis).transpose(0, 3, 1, 2), dtype=np.float32)


def _fold_shading(field: np.ndarray) -> np.ndarray:
    divergence = np.gradient(field[..., 0], GRID_STEP, axis=1) + np.gradient(field[..., 1], GRID_STEP, axis=0)
    return _FOLD_SHADING * divergence[..., None]


def spread_over_grid(
    landmarks: np.ndarray, values: np.ndarray, points: np.ndarray, sigma: float
) -> np.ndarray:
    """Smooth interpolation of values at landmarks that fades to 0 away from the face.

    Args:
        landmarks: Shape (n, 2), px.
        values: Shape (n, c).
        points: Shape (..., 2), px.
        sigma: Width of the Gaussian kernel in px.

    Returns:
        Shape (..., c).
    """
    flat = points.reshape(-1, 2)
    distance = ((flat[:, None] - landmarks[None]) ** 2).sum(-1)
    kernel = np.exp(-0.5 * distance / sigma**2)
    return (kernel @ values / (kernel.sum(1, keepdims=True) + 1.0)).reshape(*points.shape[:-1], -1)


def _pose_fields(still: Still, points: np.ndarray) -> dict[str, np.ndarray]:
    """Small rigid motions of the head; turns use the depth of the mesh."""
    landmarks, iod = still.landmarks, still.iod
    _, across, towards_chin, _ = face_axes(landmarks)
    from_chin = points - landmarks[_CHIN, :2]
    # Towards the camera, seen from the axis through the ears.
    depth = (landmarks[list(_EARS), 2].mean() - landmarks[:, 2])[:, None]
    depth = spread_over_grid(landmarks[:, :2], depth, points, 0.15 * iod)
    ones = np.ones((*points.shape[:2], 1))
    return {
        'across': ones * across * iod,
        'down': ones * towards_chin * iod,
        'scale': from_chin,
        'roll': np.stack([-from_chin[..., 1], from_chin[..., 0]], axis=-1),
        'yaw': depth * across,
        'pitch': depth * towards_chin,
    }
