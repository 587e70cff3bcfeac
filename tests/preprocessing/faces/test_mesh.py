from __future__ import annotations

import cv2
import numpy as np

from mmaction_mespot.preprocessing.faces import FaceDetector, FaceMesh, map_points


def test_landmarks_turn_with_the_face(portrait: np.ndarray) -> None:
    detector, mesh = FaceDetector(), FaceMesh()
    upright, score = mesh.from_detection(portrait, detector.detect(portrait)[0])
    assert upright.shape == (468, 3)
    assert score > 0.9
    turn = cv2.getRotationMatrix2D((128, 100), 35, 0.9)
    turned = cv2.warpAffine(portrait, turn, (256, 300), borderMode=cv2.BORDER_REPLICATE)
    found, score = mesh.from_landmarks(turned, map_points(upright, turn))
    assert score > 0.9
    assert np.hypot(*(found[:, :2] - map_points(upright, turn)).T).mean() < 1.5


def test_a_crop_without_a_face_scores_low(portrait: np.ndarray) -> None:
    mesh = FaceMesh()
    upright, _ = mesh.from_detection(portrait, FaceDetector().detect(portrait)[0])
    _, score = mesh.from_landmarks(np.full_like(portrait, 90), upright)
    assert score < 0.1
