"""The networks by which a face is followed through a video."""

from __future__ import annotations

import numpy as np

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.preprocessing.faces.detector import FaceDetection, FaceDetector
from mmaction_mespot.preprocessing.faces.follower import FaceChoice, FaceFollower
from mmaction_mespot.preprocessing.faces.mesh import FaceMesh
from mmaction_mespot.preprocessing.faces.models import FaceModelPaths, find_face_models


class NoFaceError(MESpotError):
    """A video in which no face was found."""


class FaceTracker:
    """Detector and landmarks, and how often they look: gives the :class:`FaceFollower` of a video.

    Args:
        models: Files of the networks. Defaults to None: :func:`find_face_models`.
        every_s: Time between two measured frames in seconds. Defaults to 0.1 (every third frame at 30 fps).
        check_s: Time between two checking detections in seconds. Defaults to 2.0.
        min_score: Least face probability of the mesh. Defaults to 0.5.
    """

    def __init__(
        self,
        models: FaceModelPaths | None = None,
        every_s: float = 0.1,
        check_s: float = 2.0,
        min_score: float = 0.5,
    ) -> None:
        models = models or find_face_models()
        self.every_s = every_s
        self.check_s = check_s
        self.min_score = min_score
        self._detector = FaceDetector(models)
        self._mesh = FaceMesh(models)

    def step_frames(self, fps: float) -> int:
        """Frames between two measured ones."""
        return max(1, round(self.every_s * fps))

    def detect(self, image: np.ndarray) -> list[FaceDetection]:
        """Find the faces of an image, see :meth:`FaceDetector.detect`."""
        return self._detector.detect(image)

    def follower(
        self, fps: float, choice: FaceChoice = 'largest', reach: float | None = None
    ) -> FaceFollower:
        """Follow a face through images that come one after the other, :meth:`step_frames` apart.

        Args:
            fps: Frames per second.
            choice: Which face, see :data:`FaceChoice`. Defaults to ``'largest'``.
            reach: See :class:`FaceFollower`. Defaults to None.
        """
        check_step = max(1, round(self.check_s * fps / self.step_frames(fps)))
        return FaceFollower(self._detector, self._mesh, check_step, self.min_score, choice, reach)
