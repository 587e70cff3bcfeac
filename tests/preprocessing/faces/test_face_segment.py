"""Similarities of a stretch, from landmarks that are known."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from mmaction_mespot.preprocessing.faces import FaceTracker, map_points
from mmaction_mespot.preprocessing.faces.alignment import LEFT_EYE, RIGHT_EYE, STABLE_POINTS
from mmaction_mespot.preprocessing.faces.face_segment import FaceSegment

CORNERS = [*RIGHT_EYE, *LEFT_EYE]
UNSMOOTHED_FPS = 1e-3
"""So slow that the smoothing, which is in seconds, holds one position."""


@pytest.fixture(scope='module')
def face(portrait: np.ndarray, tracker: FaceTracker) -> np.ndarray:
    landmarks = tracker.follower(30).step(portrait).landmarks
    assert landmarks is not None
    return landmarks


def _matrices(
    points: np.ndarray, fps: float = 30, positions: np.ndarray | None = None, total: int | None = None
) -> np.ndarray:
    """Similarities of a stretch that is measured as a whole before the first is asked for."""
    total = len(points) if total is None else total
    segment = FaceSegment(0, fps, 224)
    for position, landmarks in zip(
        range(len(points)) if positions is None else positions, points, strict=True
    ):
        segment.measure(int(position), landmarks)
    return np.stack([segment.matrix(position, total) for position in range(total)])


def _rms(points: np.ndarray) -> float:
    return float(np.sqrt(((points - points.mean(axis=0)) ** 2).sum(axis=-1).mean()))


def test_jitter_on_a_still_noisy_face(portrait: np.ndarray, tracker: FaceTracker, face: np.ndarray) -> None:
    """The bar: eye corners of a still face move by under 0.1 px rms at 224 px, noise sigma 2.5."""
    noise, follower = np.random.default_rng(0), tracker.follower(30)
    points = []
    for _ in range(20):
        image = portrait + noise.normal(0, 2.5, portrait.shape)
        found = follower.step(np.clip(np.rint(image), 0, 255).astype(np.uint8)).landmarks
        assert found is not None
        points.append(found)
    measured = np.arange(20) * 3
    jitter = {}
    for fps in (UNSMOOTHED_FPS, 30):
        matrices = _matrices(np.stack(points), fps, measured, 60)
        jitter[fps] = _rms(np.stack([map_points(face[CORNERS], matrix) for matrix in matrices]))
    assert jitter[30] < 0.1
    assert jitter[30] < 0.4 * jitter[UNSMOOTHED_FPS]


def test_known_similarity_is_recovered(face: np.ndarray) -> None:
    still = _matrices(face[None])[0]
    eyes = map_points(face, still)[CORNERS].reshape(2, 2, 2).mean(axis=1)
    np.testing.assert_allclose(eyes + 0.5, [[0.30 * 224, 0.38 * 224], [0.70 * 224, 0.38 * 224]], atol=1e-6)

    move = cv2.getRotationMatrix2D((90, 120), 20, 1.7)
    move[:, 2] += [13, -40]
    moved = np.repeat(map_points(face, move)[None], 40, axis=0)
    matrices = _matrices(moved)
    for matrix in matrices[[0, 20, 39]]:
        np.testing.assert_allclose(
            map_points(map_points(face, move), matrix), map_points(face, still), atol=1e-4
        )


def test_one_wrong_point_hardly_matters(face: np.ndarray) -> None:
    """One eye corner off by 5 px, as in a blink."""
    points = np.repeat(face[None], 21, axis=0)
    right = _matrices(points, UNSMOOTHED_FPS)[10]
    points[10, RIGHT_EYE[1], 1] += 5 / right[0, 0]
    wrong = _matrices(points, UNSMOOTHED_FPS)[10]
    stable = face[list(STABLE_POINTS)]
    assert np.hypot(*(map_points(stable, wrong) - map_points(stable, right)).T).mean() < 0.6


def test_follows_a_head_that_shifts(face: np.ndarray) -> None:
    """A shift by a third of the crop in half a second: the eyes stay inside and are back 3 s later."""
    size, n = 224, 300
    scale = _matrices(face[None])[0][0, 0]
    shift = np.interp(np.arange(n), [135, 150], [0, 0.33 * size / scale])
    points = face[None] + shift[:, None, None] * np.array([1, 0, 0])
    matrices = _matrices(points)
    eyes = np.stack([map_points(p[CORNERS], m).mean(axis=0) for p, m in zip(points, matrices, strict=True)])
    assert np.abs(eyes[:, 0] - size / 2).max() < 0.2 * size
    np.testing.assert_allclose(eyes[[40, 260]] + 0.5, [[112, 0.38 * size]] * 2, atol=0.5)
    # As a motion of the crop this is slow: below a third of a pixel per frame for each 10 px of shift.
    assert np.abs(np.diff(matrices[:, 0, 2])).max() < 0.033 * 0.33 * size


def test_only_some_positions_measured(face: np.ndarray) -> None:
    measured = np.array([0, 3, 6])
    points = face[None] + measured[:, None, None] * np.array([0.5, 0, 0], np.float32)
    matrices = _matrices(points, UNSMOOTHED_FPS, measured, 8)
    assert matrices.shape == (8, 2, 3)
    offset = matrices[:, 0, 2] - matrices[0, 0, 2]
    np.testing.assert_allclose(offset, -matrices[0, 0, 0] * 0.5 * np.minimum(np.arange(8), 6), atol=1e-3)
    segment = FaceSegment(0, UNSMOOTHED_FPS, 224)
    for position, landmarks in zip(measured, points, strict=True):
        segment.measure(int(position), landmarks)
    np.testing.assert_allclose(segment.landmarks(4), (2 * points[1] + points[2]) / 3, atol=1e-4)
    np.testing.assert_array_equal(segment.landmarks(7), points[2])
