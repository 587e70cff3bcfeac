from __future__ import annotations

import cv2
import numpy as np

from mmaction_mespot.preprocessing.faces import FaceTracker, warp
from mmaction_mespot.preprocessing.faces.face_segment import FaceSegment


def test_warp_is_right_side_up_and_does_not_alias(portrait: np.ndarray, tracker: FaceTracker) -> None:
    face = tracker.follower(30).step(portrait).landmarks
    assert face is not None
    segment = FaceSegment(0, 30, 64)
    segment.measure(0, face)
    matrix = segment.matrix(0, 1)
    large = cv2.resize(portrait, None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC)
    grow = np.array([[1 / 3, 0, -1 / 3], [0, 1 / 3, -1 / 3]])
    small_to_crop = np.vstack([matrix, [0, 0, 1]])
    from_large = (small_to_crop @ np.vstack([grow, [0, 0, 1]]))[:2]
    difference = warp(large, from_large, 64).astype(int) - warp(portrait, matrix, 64)
    assert np.abs(difference).mean() < 3
    stripes = np.tile(np.array([0, 255], np.uint8), (200, 100))
    shrunk = warp(stripes, np.array([[0.31, 0, 0], [0, 0.31, 0]]), 60)
    assert shrunk[5:-5, 5:-5].std() < 4
