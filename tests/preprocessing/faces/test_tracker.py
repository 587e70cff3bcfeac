from __future__ import annotations

import cv2
import numpy as np
import pytest

from mmaction_mespot.preprocessing.faces import FaceTracker


def _shifted(image: np.ndarray, x: float, y: float = 0) -> np.ndarray:
    matrix = np.array([[1, 0, x], [0, 1, y]], np.float64)
    return cv2.warpAffine(image, matrix, image.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)


def _followed(tracker: FaceTracker, images: list[np.ndarray], fps: float) -> list[np.ndarray | None]:
    follower = tracker.follower(fps)
    return [follower.step(image).landmarks for image in images]


def _middle(landmarks: np.ndarray | None) -> float:
    assert landmarks is not None
    return float(landmarks[:, 0].mean())


def test_how_often_it_looks(tracker: FaceTracker) -> None:
    assert [tracker.step_frames(fps) for fps in (5, 10, 25, 30, 200)] == [1, 1, 2, 3, 20]


def test_follows_a_moving_face(tracker: FaceTracker, portrait: np.ndarray) -> None:
    found = _followed(tracker, [_shifted(portrait, 2 * i, i) for i in range(0, 13, 3)], fps=30)
    moved = []
    for landmarks in found:
        assert landmarks is not None and found[0] is not None
        assert landmarks.shape == (468, 3)
        assert landmarks.dtype == np.float32
        moved.append(landmarks[:, :2].mean(axis=0) - found[0][:, :2].mean(axis=0))
    np.testing.assert_allclose(moved, np.arange(0, 13, 3)[:, None] * [2, 1], atol=0.8)


def test_a_lost_face_is_found_again(tracker: FaceTracker, portrait: np.ndarray) -> None:
    empty = np.full_like(portrait, 90)
    found = _followed(tracker, [portrait] * 2 + [empty] * 2 + [_shifted(portrait, 8)] * 2, fps=10)
    assert [landmarks is None for landmarks in found] == [False] * 2 + [True] * 2 + [False] * 2
    assert _middle(found[4]) - _middle(found[1]) == pytest.approx(8, abs=1)


def test_the_largest_face_is_followed(tracker: FaceTracker, portrait: np.ndarray) -> None:
    small = cv2.resize(portrait, None, fx=0.7, fy=0.7, interpolation=cv2.INTER_AREA)
    pair = np.full((300, 256 + small.shape[1], 3), 90, np.uint8)
    pair[: len(small), : small.shape[1]] = small
    pair[:, small.shape[1] :] = portrait
    hidden = pair.copy()
    hidden[:, small.shape[1] :] = 90
    # The large face goes out of sight: the small one takes over, and is kept when the large one is back.
    middle = [_middle(found) for found in _followed(tracker, [pair, pair, hidden, hidden, pair], fps=10)]
    assert min(middle[:2]) > small.shape[1]
    assert max(middle[2:]) < small.shape[1]


def test_landmarks_that_left_the_face_are_set_back(tracker: FaceTracker, portrait: np.ndarray) -> None:
    """The face jumps further than following can reach; the mesh alone may go on anywhere."""
    wide = np.full((300, 800, 3), 90, np.uint8)
    left, right = wide.copy(), wide.copy()
    left[:, :256], right[:, 544:] = portrait, portrait
    found = _followed(tracker, [left] * 3 + [right] * 3, fps=10)
    assert _middle(found[5]) - _middle(found[0]) == pytest.approx(544, abs=2)
