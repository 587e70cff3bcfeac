from __future__ import annotations

import numpy as np
import pytest

from mmaction_mespot.preprocessing.faces.patch import BROWS, EYES, MOUTH, PATCH_SIZE, face_patch, patch_boxes


@pytest.fixture
def landmarks() -> np.ndarray:
    """A face in a crop of 100 px: brows at y 25 to 35, eyes at 38, mouth at 75 to 85."""
    points = np.full((468, 2), 50.0)
    points[list(BROWS)] = np.stack([np.linspace(15, 85, len(BROWS)), np.linspace(25, 35, len(BROWS))], axis=1)
    points[list(MOUTH)] = np.stack([np.linspace(35, 65, len(MOUTH)), np.linspace(75, 85, len(MOUTH))], axis=1)
    for eye, x in zip(EYES, (30, 70), strict=True):
        angle = np.linspace(0, 2 * np.pi, len(eye), endpoint=False)
        points[list(eye)] = np.stack([x + 8 * np.cos(angle), 38 + 3 * np.sin(angle)], axis=1)
    return points


def test_boxes_lie_around_the_landmarks_within_the_crop(landmarks: np.ndarray) -> None:
    assert patch_boxes(landmarks, 100) == {'brows': (11, 21, 89, 39), 'mouth': (31, 71, 69, 89)}
    landmarks[list(MOUTH), 1] += 40  # below the crop
    left, top, right, bottom = patch_boxes(landmarks, 100)['mouth']
    assert 0 <= left < right <= 100 and 0 <= top < bottom <= 100


def test_brows_above_mouth_and_masked_eyes(landmarks: np.ndarray) -> None:
    flow = np.zeros((100, 100, 2), np.float32)
    flow[:50], flow[50:] = (1.0, 0.0), (0.0, 2.0)
    rest = np.array([0.25, 0.5], np.float32)
    patch = face_patch(flow, landmarks, rest)
    assert patch.shape == (PATCH_SIZE, PATCH_SIZE, 2) and patch.dtype == np.float32
    np.testing.assert_allclose(patch[PATCH_SIZE // 2 :], np.broadcast_to([0.0, 2.0], (21, 42, 2)))
    np.testing.assert_allclose(patch[0, 21], [1.0, 0.0])  # between the eyes
    # The lowest row of the brows lies within the mask of the right eye: the head's motion stands there.
    np.testing.assert_allclose(patch[20, 10], rest, atol=1e-6)
