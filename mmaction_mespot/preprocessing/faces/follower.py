"""Following one face from image to image."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mmaction_mespot.errors import MESpotError

from .detector import FaceDetection, FaceDetector
from .mesh import FaceMesh

FaceChoice = str | tuple[float, float, float, float]
"""Which face to follow: ``'largest'``, ``'center'`` (nearest to the middle of the image), or the one
nearest to a box (left, top, right, bottom) in px."""
FACE_CHOICES = ('largest', 'center')
NEW_FACE_SCORE = 0.9
"""Least probability of the mesh for a face that was just detected."""
SECOND_LOOK_SCORE = 0.78
"""Least score of a detection in the surroundings of the mesh: real faces, also small, dark or blurred ones,
reach 0.79 and more; letters, textures and drawn faces stay below 0.77, faces half outside below 0.76."""
KEPT_FACE_SCORE = 0.5
"""The same for a face that was confirmed before: a hand over the mouth or a turned head scores less."""
_LOOK_SIZE = 2.0


@dataclass(frozen=True)
class FollowedFace:
    """What was found in one image.

    Attributes:
        landmarks: (468, 3) float32 in px of the image; None if the face is not there.
        faces: Faces that a detection found; None if none was made.
    """

    landmarks: np.ndarray | None
    faces: int | None


class FaceFollower:
    """Follow one face: detect it at the start and when it is lost, in between follow the landmarks.

    After a loss the nearest face to where it was is taken. A detection now and then checks that the landmarks
    still lie on a face.

    Args:
        detector: The face detector.
        mesh: The landmark network.
        check_step: Images between two checking detections.
        min_score: Least face probability of the mesh.
        choice: Which face to follow. Defaults to ``'largest'``.
        reach: How far from its last place, in sizes of the face, a lost face is found again; None for
            anywhere. Defaults to None.

    Raises:
        MESpotError: The choice is unknown.
    """

    def __init__(
        self,
        detector: FaceDetector,
        mesh: FaceMesh,
        check_step: int,
        min_score: float,
        choice: FaceChoice = 'largest',
        reach: float | None = None,
    ) -> None:
        if isinstance(choice, str) and choice not in FACE_CHOICES:
            raise MESpotError(f'face: found {choice!r}, expected one of {FACE_CHOICES} or a box')
        self._detector = detector
        self._mesh = mesh
        self._check_step = check_step
        self._min_score = min_score
        self._choice = choice
        self._reach = reach
        self._previous: np.ndarray | None = None
        self._following = False
        self._count = 0

    def step(self, image: np.ndarray) -> FollowedFace:
        """Look at the next image.

        Args:
            image: (H, W, 3) RGB or (H, W) grey, uint8.
        """
        previous = self._previous
        current = self._follow(image, previous) if self._following and previous is not None else None
        found: int | None = None
        if current is None or self._count % self._check_step == 0:
            faces = self._detector.detect(image)
            found = len(faces)
            current = self._choose(image, faces, current)
        self._count += 1
        self._following = current is not None
        if current is not None:
            self._previous = current
        return FollowedFace(current, found)

    def _follow(self, image: np.ndarray, previous: np.ndarray) -> np.ndarray | None:
        landmarks, score = self._mesh.from_landmarks(image, previous)
        return landmarks if score >= self._min_score else None

    def _choose(
        self, image: np.ndarray, faces: list[FaceDetection], current: np.ndarray | None
    ) -> np.ndarray | None:
        """Landmarks of the face to follow from here; those at hand if a detection lies on them."""
        if not faces:
            return current
        if current is not None:
            middle = current[:, :2].mean(axis=0)
            if any(np.all((middle >= face.box[:2]) & (middle <= face.box[2:])) for face in faces):
                return current if self.second_look(image, current) >= KEPT_FACE_SCORE else None
        chosen = self._chosen(image, faces)
        if chosen is None:
            return None
        landmarks, score = self._mesh.from_detection(image, chosen)
        if score < self._min_score:
            return None
        # Once more with the crop that following frames will have, so that the first frame does not stand out.
        landmarks, score = self._mesh.from_landmarks(image, landmarks)
        if score < NEW_FACE_SCORE or self.second_look(image, landmarks) < SECOND_LOOK_SCORE:
            return None
        return landmarks

    def second_look(self, image: np.ndarray, landmarks: np.ndarray) -> float:
        """Score of the best detection in a square around the mesh, twice its size; 0 if there is none."""
        low, high = landmarks[:, :2].min(axis=0), landmarks[:, :2].max(axis=0)
        middle, reach = (low + high) / 2, float((high - low).max()) * _LOOK_SIZE / 2
        limit = np.array(image.shape[1::-1])
        left, top = np.clip((middle - reach).astype(int), 0, limit)
        right, bottom = np.clip((middle + reach).astype(int), 0, limit)
        return self._detector.best_score(image[top:bottom, left:right])

    def _chosen(self, image: np.ndarray, faces: list[FaceDetection]) -> FaceDetection | None:
        if self._previous is not None:
            points = self._previous[:, :2]
            nearest, distance = _nearest(faces, points.mean(axis=0))
            size = float(np.ptp(points, axis=0).max())
            return nearest if self._reach is None or distance <= self._reach * size else None
        if self._choice == 'largest':
            return max(faces, key=lambda face: face.area)
        if self._choice == 'center':
            return _nearest(faces, np.array(image.shape[1::-1]) / 2)[0]
        box = np.asarray(self._choice, np.float64)
        nearest, distance = _nearest(faces, (box[:2] + box[2:]) / 2)
        size = float(np.max(box[2:] - box[:2]))
        return nearest if self._reach is None or distance <= self._reach * size else None


def _nearest(faces: list[FaceDetection], place: np.ndarray) -> tuple[FaceDetection, float]:
    """The face whose middle is nearest to a place, and its distance in px."""
    distances = [float(np.hypot(*(face.center - place))) for face in faces]
    best = int(np.argmin(distances))
    return faces[best], distances[best]
