"""Following one face through a video."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mmaction_mespot.preprocessing.faces.detector import FaceDetection, FaceDetector
from mmaction_mespot.preprocessing.faces.follower import FaceChoice, FaceFollower
from mmaction_mespot.preprocessing.faces.mesh import NUM_LANDMARKS, FaceMesh
from mmaction_mespot.preprocessing.faces.models import FaceModelPaths, fetch_face_models


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

    def detect(self, image: np.ndarray) -> list[FaceDetection]:
        """Find the faces of an image, see :meth:`FaceDetector.detect`."""
        return self._detector.detect(image)

    def follower(
        self, fps: float, choice: FaceChoice = 'largest', reach: float | None = None
    ) -> FaceFollower:
        """Follow a face through images that come one after the other, :meth:`step_frames` apart.

        Args:
            fps: Frames a second.
            choice: Which face, see :data:`FaceChoice`. Defaults to ``'largest'``.
            reach: See :class:`FaceFollower`. Defaults to None.
        """
        check_step = max(1, round(self.check_s * fps / self.step_frames(fps)))
        return FaceFollower(self._detector, self._mesh, check_step, self.min_score, choice, reach)

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
        follower = self.follower(fps)
        measured: list[int] = []
        lost: list[int] = []
        crowded: list[int] = []
        looked_at = range(0, len(frames), step)
        # What grows with the length of the video is there once, not as a list and an array.
        points = np.empty((len(looked_at), NUM_LANDMARKS, 3), np.float32)
        for index in looked_at:
            found = follower.step(frames[index])
            if found.faces is not None and found.faces > 1:
                crowded.append(index)
            if found.landmarks is None:
                lost.append(index)
                continue
            points[len(measured)] = found.landmarks
            measured.append(index)
        if not measured:
            raise NoFaceError(f'{name}: no face found in any of the {len(looked_at)} frames looked at')
        notes = tuple(_notes(lost, crowded, step, len(frames)))
        return FaceTrack(len(frames), np.array(measured), points[: len(measured)], notes)


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


@dataclass(frozen=True)
class FaceTrack:
    """Landmarks of one face through a video; only some frames are measured, those between are interpolated.

    Attributes:
        total_frames: Frames of the video, n.
        frames: (k,) int64, rising: the measured frames.
        points: (k, 468, 3) float32: landmarks of these frames, in px of the frame.
        notes: What a user should know (several faces, face lost, ...).
    """

    total_frames: int
    frames: np.ndarray
    points: np.ndarray
    notes: tuple[str, ...] = ()

    def at(self, frame: int) -> np.ndarray:
        """Landmarks (468, 3) float32 of a frame; constant beyond the measured frames."""
        right = int(np.searchsorted(self.frames, frame))
        if right == 0:
            return self.points[0]
        if right == len(self.frames):
            return self.points[-1]
        low, high = self.frames[right - 1], self.frames[right]
        weight = np.float32((frame - low) / (high - low))
        return (1 - weight) * self.points[right - 1] + weight * self.points[right]

    @property
    def landmarks(self) -> np.ndarray:
        """(n, 468, 3) float32: landmarks of every frame."""
        return np.stack([self.at(frame) for frame in range(self.total_frames)])
