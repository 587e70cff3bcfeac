"""Aligned face crops whose own motion is too slow to look like an expression.

A similarity per frame maps the face to canonical eye positions; the similarities are smoothed heavily over
time, since a crop that is fitted to each frame by itself moves by 0.06 px and more from frame to frame, as a
micro-expression does.
"""

from __future__ import annotations

import cv2
import numpy as np

RIGHT_EYE, LEFT_EYE = (33, 133), (362, 263)
"""Corners of the person's right eye (left in the image) and left eye."""
STABLE_POINTS = (*RIGHT_EYE, *LEFT_EYE, 168, 6, 197, 195)
"""Eye corners and the bridge of the nose: what expressions move least."""
EYE_CENTERS = np.array([[0.30, 0.38], [0.70, 0.38]])
"""Canonical eye centres as fractions of the crop: right eye, left eye."""
_HUBER_FRACTION = 0.01
_TRUNCATE_SIGMAS = 3.0


def smoothing_kernel(fps: float, sigma_s: float = 1.0) -> np.ndarray:
    """Weights by which the coefficients of the similarities are smoothed over time.

    Args:
        fps: Positions per second.
        sigma_s: Standard deviation of the Gaussian in seconds. Defaults to 1.0.

    Returns:
        (2 r + 1,), their sum is 1.
    """
    radius = int(_TRUNCATE_SIGMAS * sigma_s * fps + 0.5)
    kernel = np.exp(-0.5 * (np.arange(-radius, radius + 1) / (sigma_s * fps)) ** 2)
    return kernel / kernel.sum()


def map_points(points: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """Map (m, 2 or more) points of a frame into the crop: (m, 2)."""
    return points[:, :2] @ matrix[:, :2].T + matrix[:, 2]


def map_points_3d(points: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """Map (m, 3) points of a frame into the crop, depth scaled as the picture is: (m, 3)."""
    scale = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    return np.column_stack([map_points(points, matrix), points[:, 2] * scale])


def warp(image: np.ndarray, matrix: np.ndarray, size: int) -> np.ndarray:
    """Cut the crop out of a frame, without aliasing where it shrinks.

    Args:
        image: (H, W) or (H, W, 3).
        matrix: (2, 3) similarity from the frame to the crop.
        size: Side of the crop in px.

    Returns:
        (size, size) or (size, size, 3); beyond the frame its border is repeated.
    """
    scale = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    if scale < 1:
        image, matrix = _blurred_region(image, matrix, size, 0.5 * float(np.sqrt(1 / scale**2 - 1)))
    return cv2.warpAffine(
        image, matrix, (size, size), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )


def _blurred_region(
    image: np.ndarray, matrix: np.ndarray, size: int, sigma: float
) -> tuple[np.ndarray, np.ndarray]:
    """The part of the frame under the crop, low-passed, and the similarity from there."""
    inverse = cv2.invertAffineTransform(matrix)
    corners = map_points(np.array([[0, 0], [size, 0], [0, size], [size, size]], np.float64), inverse)
    margin = 4 * sigma + 2
    limit = np.array(image.shape[1::-1])
    low = np.clip(np.floor(corners.min(axis=0) - margin), 0, limit - 1).astype(int)
    high = np.clip(np.ceil(corners.max(axis=0) + margin), low + 1, limit).astype(int)
    region = cv2.GaussianBlur(image[low[1] : high[1], low[0] : high[0]], (0, 0), sigma)
    moved = matrix.copy()
    moved[:, 2] += matrix[:, :2] @ low
    return region, moved


def stable_points(landmarks: np.ndarray) -> np.ndarray:
    """(k, 8) complex: the stable points of (k, 468, 2 or 3) landmarks, x + iy in px of the frame."""
    points = np.asarray(landmarks)[:, list(STABLE_POINTS), :2].astype(np.float64)
    return points[..., 0] + 1j * points[..., 1]


def _eye_centers(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return points[..., 0:2].mean(axis=-1), points[..., 2:4].mean(axis=-1)


def _to_canonical(points: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients ``a, t`` of the similarity ``a z + t`` that puts the eye centres in place."""
    # A crop of `size` pixels spans 0 to size; in OpenCV the first pixel's centre is 0, not a half.
    right, left = (EYE_CENTERS * size - 0.5) @ np.array([1, 1j])
    found_right, found_left = _eye_centers(points)
    rotation = (left - right) / (found_left - found_right)
    return rotation, right - rotation * found_right


def median_face(points: np.ndarray, size: int) -> np.ndarray:
    """(8,) complex: the median of (k, 8) stable points in the crop, with the eye centres in place.

    Args:
        points: As :func:`stable_points` gives them.
        size: Side of the crop in px.
    """
    rotation, shift = _to_canonical(points, size)
    mapped = rotation[:, None] * points + shift[:, None]
    face = np.median(mapped.real, axis=0) + 1j * np.median(mapped.imag, axis=0)
    rotation, shift = _to_canonical(face, size)
    return rotation * face + shift


def fit_to_face(points: np.ndarray, face: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Robust similarities from frames to a face in the crop.

    Args:
        points: (k, 8) stable points in px of the frames.
        face: (8,) the same points in the crop, see :func:`median_face`.
        size: Side of the crop in px.

    Returns:
        Coefficients ``a`` and ``t``, each (k,) complex: point z of the frame goes to ``a z + t``.
    """
    weights = np.ones(points.shape)
    for _ in range(4):
        total = weights.sum(axis=1, keepdims=True)
        middle = (weights * points).sum(axis=1, keepdims=True) / total
        goal = (weights * face).sum(axis=1, keepdims=True) / total
        centered = points - middle
        rotation = (weights * centered.conj() * (face - goal)).sum(axis=1) / (
            weights * np.abs(centered) ** 2
        ).sum(axis=1)
        shift = goal[:, 0] - rotation * middle[:, 0]
        residual = np.abs(rotation[:, None] * points + shift[:, None] - face)
        limit = _HUBER_FRACTION * size
        weights = limit / np.maximum(residual, limit)
    return rotation, shift
