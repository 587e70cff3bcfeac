from __future__ import annotations

import cv2
import numpy as np
import pytest

from mmaction_mespot.preprocessing.faces import FaceTracker, NoFaceError


def _shifted(image: np.ndarray, x: float, y: float = 0) -> np.ndarray:
    matrix = np.array([[1, 0, x], [0, 1, y]], np.float64)
    return cv2.warpAffine(image, matrix, image.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)


def test_follows_a_moving_face_and_interpolates(tracker: FaceTracker, portrait: np.ndarray) -> None:
    track = tracker.track([_shifted(portrait, 2 * i, i) for i in range(13)], fps=30)
    assert track.frames.tolist() == [0, 3, 6, 9, 12]
    landmarks = track.landmarks
    assert landmarks.shape == (13, 468, 3)
    assert landmarks.dtype == np.float32
    moved = landmarks[:, :, :2].mean(axis=1) - landmarks[0, :, :2].mean(axis=0)
    np.testing.assert_allclose(moved, np.arange(13)[:, None] * [2, 1], atol=0.8)
    np.testing.assert_allclose(landmarks[4], (2 * landmarks[3] + landmarks[6]) / 3, atol=1e-3)
    assert track.notes == ()


def test_a_lost_face_is_bridged_and_noted(tracker: FaceTracker, portrait: np.ndarray) -> None:
    frames = [portrait] * 6 + [np.full_like(portrait, 90)] * 6 + [_shifted(portrait, 8)] * 6
    track = tracker.track(frames, fps=10)
    assert track.frames.tolist() == [*range(6), *range(12, 18)]
    assert track.notes == ('no face in frames 6-11: interpolated',)
    shift = (track.at(12) - track.at(5))[:, 0].mean()
    assert shift == pytest.approx(8, abs=1)
    np.testing.assert_allclose(track.at(8), track.at(5) * 4 / 7 + track.at(12) * 3 / 7, rtol=1e-4, atol=1e-3)


def test_the_largest_face_is_followed_and_the_other_noted(tracker: FaceTracker, portrait: np.ndarray) -> None:
    small = cv2.resize(portrait, None, fx=0.7, fy=0.7, interpolation=cv2.INTER_AREA)
    pair = np.full((300, 256 + small.shape[1], 3), 90, np.uint8)
    pair[: len(small), : small.shape[1]] = small
    pair[:, small.shape[1] :] = portrait
    hidden = pair.copy()
    hidden[:, small.shape[1] :] = 90
    # The large face goes out of sight: the small one takes over, and is kept when the large one is back.
    track = tracker.track([pair, pair, hidden, hidden, pair], fps=10)
    middle = [float(track.at(i)[:, 0].mean()) for i in range(5)]
    assert min(middle[:2]) > small.shape[1]
    assert max(middle[2:]) < small.shape[1]
    assert track.notes[0].startswith('several faces in 1 checked frames (first: frame 0)')


def test_landmarks_that_left_the_face_are_set_back(tracker: FaceTracker, portrait: np.ndarray) -> None:
    """The face jumps further than following can reach; the mesh alone may go on anywhere."""
    wide = np.full((300, 800, 3), 90, np.uint8)
    left, right = wide.copy(), wide.copy()
    left[:, :256], right[:, 544:] = portrait, portrait
    track = tracker.track([left] * 3 + [right] * 3, fps=10)
    assert (track.at(5) - track.at(0))[:, 0].mean() == pytest.approx(544, abs=2)


def test_a_video_without_a_face_is_an_error(tracker: FaceTracker) -> None:
    with pytest.raises(NoFaceError, match='s01_0101: no face found in any of the 2 frames'):
        tracker.track([np.full((120, 160), 90, np.uint8)] * 4, fps=30, name='s01_0101')
