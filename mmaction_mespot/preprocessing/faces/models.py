"""The two face networks' files, which ship with the package (``networks/``).

BlazeFace short range (detection) and FaceMesh (468 points) are MediaPipe's (Apache-2.0), unchanged from its
PyPI wheel 0.10.21. They run in plain ``cv2.dnn``.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from mmaction_mespot.errors import MESpotError

FOLDER = Path(__file__).with_name('networks')
_DETECTOR = 'face_detection_short_range.tflite'
_MESH = 'face_landmark.tflite'
SHA256 = {
    _DETECTOR: 'bbff11cebd1eb27a1e004cae0b0e63ec8c551cbf34a4451148b4908b8db3eca8',
    _MESH: '1055cb9d4a9ca8b8c688902a3a5194311138ba256bcc94e336d8373a5f30c814',
}


@dataclass(frozen=True)
class FaceModelPaths:
    """Checked files of the face networks.

    Attributes:
        detector: BlazeFace short range, ``.tflite``.
        mesh: FaceMesh with 468 points, ``.tflite``.
    """

    detector: Path
    mesh: Path


def find_face_models(folder: Path = FOLDER) -> FaceModelPaths:
    """Paths of the two face networks.

    Args:
        folder: Where they lie. Defaults to the package's own.

    Returns:
        The checked files.

    Raises:
        MESpotError: A file is missing, or its SHA-256 is not the pinned one.
    """
    paths = FaceModelPaths(folder / _DETECTOR, folder / _MESH)
    for path in (paths.detector, paths.mesh):
        checked_bytes(path)
    return paths


def checked_bytes(path: Path) -> bytes:
    """The content of a network's file.

    Raises:
        MESpotError: There is no such file, or its SHA-256 is not the pinned one.
    """
    if not path.is_file():
        raise MESpotError(f'{path}: no such face network, install mmaction_mespot again')
    data = path.read_bytes()
    found, expected = hashlib.sha256(data).hexdigest(), SHA256.get(path.name)
    if expected is not None and found != expected:
        raise MESpotError(f'{path}: has SHA-256 {found}, expected {expected}: install mmaction_mespot again')
    return data
