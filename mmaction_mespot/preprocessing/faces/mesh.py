"""468 face landmarks by MediaPipe's FaceMesh in ``cv2.dnn``."""

from __future__ import annotations

import cv2
import numpy as np

from .alignment import warp
from .detector import FaceDetection
from .models import FaceModelPaths, find_face_models
from .network import as_rgb, read_network

NUM_LANDMARKS = 468
_SIZE = 192
_OUTPUTS = ('conv2d_21', 'conv2d_31')
# Outer corners of the person's right and left eye: the line that turns the crop upright.
_EYE_LINE = (33, 263)
_MARGIN = 1.5


class FaceMesh:
    """FaceMesh: 468 points in 3-D from a crop that is turned upright and holds the face with a margin.

    The crop comes from a detection at first, from the previous frame's landmarks after that, as in MediaPipe.

    Args:
        models: Files of the networks. Defaults to None: :func:`find_face_models`.
    """

    def __init__(self, models: FaceModelPaths | None = None) -> None:
        self._net = read_network((models or find_face_models()).mesh)

    def from_detection(self, image: np.ndarray, face: FaceDetection) -> tuple[np.ndarray, float]:
        """Landmarks of a detected face, see :meth:`from_landmarks`."""
        return self._run(image, _crop_matrix(face.box, face.keypoints[0], face.keypoints[1]))

    def from_landmarks(self, image: np.ndarray, previous: np.ndarray) -> tuple[np.ndarray, float]:
        """Landmarks near those of a frame before.

        Args:
            image: (H, W, 3) RGB or (H, W) grey, uint8.
            previous: (468, 2 or 3) landmarks in pixels.

        Returns:
            Landmarks (468, 3) float32: x, y in pixels of the image, z in the same unit (smaller is nearer);
            and the probability that the crop holds a face.
        """
        points = previous[:, :2]
        box = np.concatenate([points.min(axis=0), points.max(axis=0)])
        return self._run(image, _crop_matrix(box, points[_EYE_LINE[0]], points[_EYE_LINE[1]]))

    def _run(self, image: np.ndarray, matrix: np.ndarray) -> tuple[np.ndarray, float]:
        crop = as_rgb(warp(image, matrix, _SIZE))
        self._net.setInput(np.ascontiguousarray(crop.transpose(2, 0, 1)[None], dtype=np.float32) / 255)
        points, flag = self._net.forward(_OUTPUTS)
        # cv2.warpAffine has pixel centres at whole numbers, the network at halves.
        points = points.reshape(NUM_LANDMARKS, 3).astype(np.float64)
        inverse = cv2.invertAffineTransform(matrix)
        planar = (points[:, :2] - 0.5) @ inverse[:, :2].T + inverse[:, 2]
        depth = points[:, 2] * np.hypot(*inverse[:, 0])
        landmarks = np.column_stack([planar, depth]).astype(np.float32)
        return landmarks, float(1 / (1 + np.exp(-np.clip(flag.reshape(-1)[0], -100, 100))))


def _crop_matrix(box: np.ndarray, right_eye: np.ndarray, left_eye: np.ndarray) -> np.ndarray:
    """(2, 3) similarity from the image to the crop: square of 1.5 times the longer side, eye line level."""
    center = (np.asarray(box[:2], np.float64) + box[2:]) / 2
    side = max(float(np.max(np.asarray(box[2:]) - box[:2])) * _MARGIN, 1.0)
    line = np.asarray(left_eye, np.float64) - right_eye
    direction = line / max(float(np.hypot(*line)), 1e-6)
    scale = _SIZE / side
    rotation = np.array([[direction[0], direction[1]], [-direction[1], direction[0]]]) * scale
    middle = np.full(2, (_SIZE - 1) / 2)
    return np.column_stack([rotation, middle - rotation @ center])
