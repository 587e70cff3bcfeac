from __future__ import annotations

import cv2
import numpy as np
import pytest

from mmaction_mespot.preprocessing.faces import FaceTracker, map_points, smoothed_similarities, warp
from mmaction_mespot.preprocessing.faces.alignment import LEFT_EYE, RIGHT_EYE, STABLE_POINTS

CORNERS = [*RIGHT_EYE, *LEFT_EYE]


@pytest.fixture(scope='module')
def face(portrait: np.ndarray, tracker: FaceTracker) -> np.ndarray:
    return tracker.track([portrait], fps=30).points[0]


def _rms(points: np.ndarray) -> float:
    return float(np.sqrt(((points - points.mean(axis=0)) ** 2).sum(axis=-1).mean()))


def test_jitter_on_a_still_noisy_face(portrait: np.ndarray, tracker: FaceTracker, face: np.ndarray) -> None:
    """The bar: eye corners of a still face move by under 0.1 px rms at 224 px, noise sigma 2.5."""
    noise = np.random.default_rng(0)
    noisy = [portrait + noise.normal(0, 2.5, portrait.shape) for _ in range(60)]
    frames = [np.clip(np.rint(image), 0, 255).astype(np.uint8) for image in noisy]
    track = tracker.track(frames, fps=30)
    jitter = {}
    for sigma_s in (1e-3, 1.0):
        matrices = smoothed_similarities(track.points, 224, 30, track.frames, 60, sigma_s=sigma_s)
        jitter[sigma_s] = _rms(np.stack([map_points(face[CORNERS], matrix) for matrix in matrices]))
    assert jitter[1.0] < 0.1
    assert jitter[1.0] < 0.4 * jitter[1e-3]


def test_known_similarity_is_recovered(face: np.ndarray) -> None:
    still = smoothed_similarities(face[None], 224, 30)[0]
    eyes = map_points(face, still)[CORNERS].reshape(2, 2, 2).mean(axis=1)
    np.testing.assert_allclose(eyes + 0.5, [[0.30 * 224, 0.38 * 224], [0.70 * 224, 0.38 * 224]], atol=1e-6)

    move = cv2.getRotationMatrix2D((90, 120), 20, 1.7)
    move[:, 2] += [13, -40]
    moved = np.repeat(map_points(face, move)[None], 40, axis=0)
    matrices = smoothed_similarities(moved, 224, 30)
    for matrix in matrices[[0, 20, 39]]:
        np.testing.assert_allclose(
            map_points(map_points(face, move), matrix), map_points(face, still), atol=1e-4
        )


def test_one_wrong_point_hardly_matters(face: np.ndarray) -> None:
    """One eye corner off by 5 px, as in a blink."""
    points = np.repeat(face[None], 21, axis=0)
    right = smoothed_similarities(points, 224, 30, sigma_s=1e-3)[10]
    points[10, RIGHT_EYE[1], 1] += 5 / right[0, 0]
    wrong = smoothed_similarities(points, 224, 30, sigma_s=1e-3)[10]
    stable = face[list(STABLE_POINTS)]
    assert np.hypot(*(map_points(stable, wrong) - map_points(stable, right)).T).mean() < 0.6


def test_follows_a_head_that_shifts(face: np.ndarray) -> None:
    """A shift by a third of the crop in half a second: the eyes stay inside and are back 3 s later."""
    size, fps, n = 224, 30, 300
    scale = smoothed_similarities(face[None], size, fps)[0][0, 0]
    shift = np.interp(np.arange(n), [135, 150], [0, 0.33 * size / scale])
    points = face[None] + shift[:, None, None] * np.array([1, 0, 0])
    matrices = smoothed_similarities(points, size, fps)
    eyes = np.stack([map_points(p[CORNERS], m).mean(axis=0) for p, m in zip(points, matrices, strict=True)])
    assert np.abs(eyes[:, 0] - size / 2).max() < 0.2 * size
    np.testing.assert_allclose(eyes[[40, 260]] + 0.5, [[112, 0.38 * size]] * 2, atol=0.5)
    # As a motion of the crop this is slow: below a third of a pixel a frame for each 10 px of shift.
    assert np.abs(np.diff(matrices[:, 0, 2])).max() < 0.033 * 0.33 * size


def test_only_some_frames_measured(face: np.ndarray) -> None:
    frames = np.array([0, 3, 6])
    points = face[None] + frames[:, None, None] * np.array([0.5, 0, 0], np.float32)
    matrices = smoothed_similarities(points, 224, 30, frames, 8, sigma_s=1e-3)
    assert matrices.shape == (8, 2, 3)
    offset = matrices[:, 0, 2] - matrices[0, 0, 2]
    np.testing.assert_allclose(offset, -matrices[0, 0, 0] * 0.5 * np.minimum(np.arange(8), 6), atol=1e-3)


def test_warp_is_right_side_up_and_does_not_alias(portrait: np.ndarray, face: np.ndarray) -> None:
    matrix = smoothed_similarities(face[None], 64, 30)[0]
    large = cv2.resize(portrait, None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC)
    grow = np.array([[1 / 3, 0, -1 / 3], [0, 1 / 3, -1 / 3]])
    small_to_crop = np.vstack([matrix, [0, 0, 1]])
    from_large = (small_to_crop @ np.vstack([grow, [0, 0, 1]]))[:2]
    difference = warp(large, from_large, 64).astype(int) - warp(portrait, matrix, 64)
    assert np.abs(difference).mean() < 3
    stripes = np.tile(np.array([0, 255], np.uint8), (200, 100))
    shrunk = warp(stripes, np.array([[0.31, 0, 0], [0, 0.31, 0]]), 60)
    assert shrunk[5:-5, 5:-5].std() < 4
