"""Following one face through a video."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .detector import FaceDetector
from .face_detection import FaceDetection
from .face_track import FaceTrack
from .mesh import FaceMesh
from .models import FaceModelPaths, fetch_face_models


class NoFaceError(ValueError):
    """A video in which no face was found."""


class FaceTracker:
    """Follow the main face: detect it at the start and when it is lost, in between follow the landmarks.

    The largest face of the first frame with one is followed; after a loss the nearest to where it was. A
    detection now and then checks that the landmarks still lie on a face.

    Args:
        models: Files of the networks. Defaults to None: :func:`fetch_face_models`.
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
        models = models or fetch_face_models()
        self.every_s = every_s
        self.check_s = check_s
        self.min_score = min_score
        self._detector = FaceDetector(models)
        self._mesh = FaceMesh(models)

    def step_frames(self, fps: float) -> int:
        """Frames between two measured ones."""
        return max(1, round(self.every_s * fps))

    def track(self, frames: Sequence[np.ndarray], fps: float, name: str = 'video') -> FaceTrack:
        """Follow the face; only every :meth:`step_frames`-th frame is read.

        Args:
            frames: Anything with a length and frames by index, (H, W, 3) RGB or (H, W) grey, uint8.
            fps: Frames a second.
            name: The video's name for messages. Defaults to 'video'.

        Returns:
            The landmarks over time.

        Raises:
            NoFaceError: No frame that was looked at shows a face.
        """
        step = self.step_frames(fps)
        check_step = max(1, round(self.check_s * fps / step))
        measured, points, lost, crowded = [], [], [], []
        previous: np.ndarray | None = None
        following = False
        looked_at = range(0, len(frames), step)
        for count, index in enumerate(looked_at):
            image = frames[index]
            current = self._follow(image, previous) if following and previous is not None else None
            if current is None or count % check_step == 0:
                faces = self._detector.detect(image)
                if len(faces) > 1:
                    crowded.append(index)
                current = self._choose(image, faces, previous, current)
            following = current is not None
            if current is None:
                lost.append(index)
                continue
            previous = current
            measured.append(index)
            points.append(current)
        if not measured:
            raise NoFaceError(f'{name}: no face found in any of the {len(looked_at)} frames looked at')
        return FaceTrack(
            len(frames), np.array(measured), np.stack(points), tuple(_notes(lost, crowded, step, len(frames)))
        )

    def _follow(self, image: np.ndarray, previous: np.ndarray) -> np.ndarray | None:
        landmarks, score = self._mesh.from_landmarks(image, previous)
        return landmarks if score >= self.min_score else None

    def _choose(
        self,
        image: np.ndarray,
        faces: list[FaceDetection],
        previous: np.ndarray | None,
        current: np.ndarray | None,
    ) -> np.ndarray | None:
        """Landmarks of the face to follow from here; those at hand if a detection lies on them."""
        if not faces:
            return current
        if current is not None:
            middle = current[:, :2].mean(axis=0)
            if any(np.all((middle >= face.box[:2]) & (middle <= face.box[2:])) for face in faces):
                return current
        if previous is None:
            chosen = max(faces, key=lambda face: face.area)
        else:
            middle = previous[:, :2].mean(axis=0)
            chosen = min(faces, key=lambda face: float(np.hypot(*(face.center - middle))))
        landmarks, score = self._mesh.from_detection(image, chosen)
        # Once more with the crop that following frames will have, so that the first frame does not stand out.
        return self._follow(image, landmarks) if score >= self.min_score else None


def _notes(lost: list[int], crowded: list[int], step: int, total: int) -> list[str]:
    notes = []
    if crowded:
        notes.append(
            f'several faces in {len(crowded)} checked frames (first: frame {crowded[0]}); '
            'the largest at the start is followed'
        )
    start = 0
    for i, index in enumerate(lost):
        if i + 1 < len(lost) and lost[i + 1] - index <= step:
            continue
        notes.append(f'no face in frames {lost[start]}-{min(index + step, total) - 1}: interpolated')
        start = i + 1
    return notes
