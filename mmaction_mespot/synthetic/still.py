"""A still of a face, framed as a camera sees it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.preprocessing.faces.detector import FaceDetector
from mmaction_mespot.preprocessing.faces.mesh import FaceMesh
from mmaction_mespot.synthetic.action_units import face_axes

_MESH_ROUNDS = 3
_MIN_WORKING_SIDE = 320
# Share of the frame's width between the eyes where the picture is large enough: room for the whole head.
_IOD_SHARE = 0.32
_EYES_AT = 0.44


@cache
def _networks() -> tuple[FaceDetector, FaceMesh]:
    return FaceDetector(), FaceMesh()


def face_landmarks(image: np.ndarray, origin: str) -> np.ndarray:
    """Mesh of the best face of a still.

    Args:
        image: Grey (H, W) or RGB (H, W, 3), uint8. Tight crops are fine: a border is added for the detector.
        origin: Name of the still, for messages.

    Returns:
        Landmarks, shape (468, 3), px of `image`.

    Raises:
        MESpotError: If no face is found.
    """
    detector, mesh = _networks()
    scale = max(1.0, _MIN_WORKING_SIDE / max(image.shape[:2]))
    large = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    border = large.shape[1] // 4
    large = cv2.copyMakeBorder(large, border, border, border, border, cv2.BORDER_REPLICATE)
    faces = detector.detect(large)
    if not faces:
        raise MESpotError(f'{origin}: no face found in this still.')
    landmarks, _ = mesh.from_detection(large, faces[0])
    for _ in range(_MESH_ROUNDS - 1):
        landmarks, _ = mesh.from_landmarks(large, landmarks)
    points = landmarks.astype(np.float64)
    points[:, :2] = (points[:, :2] - border + 0.5) / scale - 0.5
    points[:, 2] /= scale
    return points


@dataclass(frozen=True)
class Still:
    """A still in the frame of a camera.

    Args:
        image: Grey levels (height, width) or BGR (height, width, 3), float32 in [0, 255].
        landmarks: Mesh points, shape (468, 3), px of `image`.
        origin: Name of the still, for messages.
    """

    image: np.ndarray
    landmarks: np.ndarray
    origin: str

    @property
    def iod(self) -> float:
        """Inter-ocular distance in px."""
        return face_axes(self.landmarks)[3]


def frame_still(
    image: np.ndarray, origin: str, width: int, height: int, iod_share: float = _IOD_SHARE
) -> Still:
    """Crop and resize a picture around its face to the frame of a camera.

    The crop never leaves the picture, so no border is made up: tight pictures give tight footage.

    Args:
        image: Grey (H, W) or BGR (H, W, 3), uint8.
        origin: Name of the still, for messages.
        width: Width of the frame in px.
        height: Height of the frame in px.
        iod_share: Share of the width between the eyes where the picture is large enough. Defaults to 0.32.

    Returns:
        The framed still.

    Raises:
        MESpotError: If no face is found.
    """
    rgb = image if image.ndim == 2 else np.ascontiguousarray(image[..., ::-1])
    landmarks = face_landmarks(rgb, origin)
    between_eyes, _, _, iod = face_axes(landmarks)
    rows, columns = image.shape[:2]
    scale = max(width / columns, height / rows, iod_share * width / iod)
    left = np.clip(between_eyes[0] - width / scale / 2, 0, columns - width / scale)
    top = np.clip(between_eyes[1] - _EYES_AT * height / scale, 0, rows - height / scale)
    matrix = np.array([[1 / scale, 0, left], [0, 1 / scale, top]])
    matrix[:, 2] += 0.5 / scale - 0.5
    smaller = image
    if scale < 0.5:
        # Shrink by areas first, so that nothing aliases.
        factor = int(0.5 / scale) + 1
        smaller = cv2.resize(image, (columns // factor, rows // factor), interpolation=cv2.INTER_AREA)
        step = np.array([columns / smaller.shape[1], rows / smaller.shape[0]])
        matrix /= step[:, None]
        matrix[:, 2] += 0.5 / step - 0.5
    framed = cv2.warpAffine(
        smaller.astype(np.float32),
        matrix,
        (width, height),
        flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    points = landmarks * scale
    points[:, :2] += (0.5 - np.array([left, top])) * scale - 0.5
    return Still(np.clip(framed, 0, 255), points, origin)
