from __future__ import annotations

import cv2
import numpy as np
import pytest

from mmaction_mespot.preprocessing.faces import FaceDetector
from mmaction_mespot.preprocessing.faces.detector import blazeface_anchors


@pytest.fixture(scope='module')
def detector() -> FaceDetector:
    return FaceDetector()


def test_anchors_fill_both_maps() -> None:
    anchors = blazeface_anchors()
    assert anchors.shape == (896, 2)
    np.testing.assert_allclose(
        anchors[[0, 1, 2, 512]], [[1 / 32] * 2, [1 / 32] * 2, [3 / 32, 1 / 32], [1 / 16] * 2]
    )


def test_finds_the_face_and_its_eyes(detector: FaceDetector, portrait: np.ndarray) -> None:
    (face,) = detector.detect(portrait)
    assert face.score > 0.8
    right_eye, left_eye, nose = face.keypoints[:3]
    # Read off the picture by eye.
    np.testing.assert_allclose(right_eye, [109, 94], atol=5)
    np.testing.assert_allclose(left_eye, [153, 93], atol=5)
    assert right_eye[1] < nose[1] < face.box[3]


@pytest.mark.parametrize('grey', [False, True])
def test_small_face_in_a_wide_frame(detector: FaceDetector, portrait: np.ndarray, grey: bool) -> None:
    frame = np.full((1088, 2040, 3), 90, np.uint8)
    frame[500:800, 1400:1656] = portrait
    image = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) if grey else frame
    (face,) = detector.detect(image)
    np.testing.assert_allclose(face.keypoints[0], [1400 + 109, 500 + 94], atol=7)


def test_two_faces_come_once_each(detector: FaceDetector, portrait: np.ndarray) -> None:
    assert len(detector.detect(np.hstack([portrait, portrait]))) == 2


def test_no_face_and_bad_images(detector: FaceDetector) -> None:
    assert detector.detect(np.random.default_rng(0).integers(0, 256, (200, 300, 3), np.uint8)) == []
    with pytest.raises(ValueError, match='float32, expected uint8'):
        detector.detect(np.zeros((64, 64, 3), np.float32))
    with pytest.raises(ValueError, match='expected'):
        detector.detect(np.zeros((64, 64, 4), np.uint8))
