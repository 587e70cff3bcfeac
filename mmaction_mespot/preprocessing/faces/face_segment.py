"""A stretch of video in which one face is followed: its alignment, with bounded look-ahead."""

from __future__ import annotations

from bisect import bisect_right

import numpy as np

from mmaction_mespot.preprocessing.faces.alignment import (
    fit_to_face,
    median_face,
    smoothing_kernel,
    stable_points,
)


class FaceSegment:
    """Similarities from the frames of a stretch to its aligned crops.

    Each is a robust least-squares fit (Huber weights) of the stable points to the stretch's own median face,
    which is placed by its eye centres; positions between the measured ones are interpolated; then each
    coefficient is smoothed by a Gaussian of finite support. The median face is that of what was measured up
    to the first :meth:`matrix`: 3 s, or all of a shorter stretch.

    Measured positions come in rising order; :meth:`matrix` and :meth:`landmarks` are asked in rising order as
    well, and what no later position needs is let go.

    Args:
        first: First position of the stretch.
        fps: Positions per second.
        crop_size: Side of the crop in px.
    """

    def __init__(self, first: int, fps: float, crop_size: int) -> None:
        self.first = first
        self.last_measured = first
        self._crop_size = crop_size
        self._kernel = smoothing_kernel(fps)
        self.radius = len(self._kernel) // 2
        self._positions: list[int] = []
        self._points: list[np.ndarray] = []
        self._face: np.ndarray | None = None
        self._knots: list[np.ndarray] = []
        self._columns = np.empty((0, 4))
        self._columns_start = first

    def measure(self, position: int, landmarks: np.ndarray) -> None:
        """Add measured landmarks (468, 3), in px of the frame."""
        self._positions.append(position)
        self._points.append(landmarks)
        self.last_measured = position
        if self._face is not None:
            self._knots.extend(_coefficients(landmarks[None], self._face, self._crop_size))

    def matrix(self, position: int, end: int) -> np.ndarray:
        """Similarity (2, 3) from the frame to the crop, smoothed.

        Args:
            position: The position.
            end: End of the stretch as far as it is known: no position from here on takes part. Beyond the
                last measured position the face is held.
        """
        if self._face is None:
            points = np.stack(self._points)
            self._face = median_face(stable_points(points), self._crop_size)
            self._knots = list(_coefficients(points, self._face, self._crop_size))
        low, high = max(self.first, position - self.radius), min(end, position + self.radius + 1)
        self._extend(high)
        self._drop_before(low, position)
        columns = self._columns[low - self._columns_start : high - self._columns_start]
        start = self.radius - (position - low)
        weights = self._kernel[start : start + high - low]
        a, b, x, y = weights @ columns / weights.sum()
        return np.array([[a, -b, x], [b, a, y]])

    def landmarks(self, position: int) -> np.ndarray:
        """Landmarks (468, 3) float32 in px of the frame: interpolated, held before and after the measured."""
        right = bisect_right(self._positions, position)
        if right == 0:
            return self._points[0]
        if right == len(self._positions):
            return self._points[-1]
        low, high = self._positions[right - 1], self._positions[right]
        weight = np.float32((position - low) / (high - low))
        return (1 - weight) * self._points[right - 1] + weight * self._points[right]

    def _extend(self, end: int) -> None:
        """Interpolate the coefficients of all positions below ``end``."""
        known = self._columns_start + len(self._columns)
        if known >= end:
            return
        positions, knots = np.array(self._positions), np.stack(self._knots)
        new = np.stack([np.interp(np.arange(known, end), positions, knot) for knot in knots.T], axis=1)
        self._columns = np.concatenate([self._columns, new])

    def _drop_before(self, column: int, position: int) -> None:
        passed = column - self._columns_start
        if passed > 0:
            self._columns, self._columns_start = self._columns[passed:], column
        unused = bisect_right(self._positions, position) - 1
        if unused > 0:
            del self._positions[:unused], self._points[:unused], self._knots[:unused]


def _coefficients(landmarks: np.ndarray, face: np.ndarray, crop_size: int) -> np.ndarray:
    """(k, 4) coefficients of the similarities that fit (k, 468, 3) landmarks to a face."""
    rotation, shift = fit_to_face(stable_points(landmarks), face, crop_size)
    return np.stack([rotation.real, rotation.imag, shift.real, shift.imag], axis=1)
