from __future__ import annotations

import cv2
import numpy as np
import pytest

from mmaction_mespot.preprocessing.faces import warp
from mmaction_mespot.preprocessing.faces.held_frame import HeldFrame
from mmaction_mespot.preprocessing.video import TimedFrame

_BOX = (200.0, 100.0, 360.0, 260.0)


@pytest.fixture(scope='module')
def frame() -> TimedFrame:
    noise = np.random.default_rng(0).integers(0, 255, (480, 640, 3), np.uint8)
    smooth = cv2.GaussianBlur(noise, (0, 0), 6)
    return TimedFrame(7, 0.5, cv2.normalize(smooth, None, 0, 255, cv2.NORM_MINMAX))


def _matrix(size: int) -> np.ndarray:
    """The box, turned a little, in a crop."""
    scale, turn = size / 170, np.deg2rad(5)
    linear = scale * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    return np.column_stack([linear, (size - 1) / 2 - linear @ np.array([280, 180])])


def test_small_frames_are_kept_as_they_are(frame: TimedFrame) -> None:
    held = HeldFrame.keep(frame, 3, _BOX, 64, 10**6)
    assert held.image is frame.image
    assert (held.position, held.source_index, held.time_s, held.size) == (3, 7, 0.5, (640, 480))
    np.testing.assert_array_equal(held.cut(_matrix(64), 64), warp(frame.image, _matrix(64), 64))


def test_large_frames_are_cut_around_the_face(frame: TimedFrame) -> None:
    held = HeldFrame.keep(frame, 3, _BOX, 64, 500_000)
    assert held.image.shape == (380, 400, 3)
    assert held.image.base is None
    assert (held.offset, held.factor, held.size) == ((80, 0), 1, (640, 480))
    np.testing.assert_allclose(held.cut(_matrix(64), 64), warp(frame.image, _matrix(64), 64), atol=1)


@pytest.mark.parametrize('limit', [120_000, 1])
def test_what_is_still_too_large_is_reduced_to_no_less_than_the_crop(limit: int, frame: TimedFrame) -> None:
    held = HeldFrame.keep(frame, 3, _BOX, 64, limit)
    assert held.factor == 2
    assert held.image.shape == (190, 200, 3)
    # The crop is where it was: what is left of the difference is no shift.
    expected = warp(frame.image, _matrix(64), 64).astype(float)
    found = held.cut(_matrix(64), 64).astype(float)
    shifted = warp(frame.image, _matrix(64) + np.array([[0, 0, 0.25], [0, 0, 0]]), 64).astype(float)
    way = shifted - expected
    assert abs(float(((found - expected) * way).sum() / (way * way).sum())) < 0.05
    assert np.abs(found - expected).mean() < 1


def test_without_a_face_the_whole_frame_is_reduced(frame: TimedFrame) -> None:
    held = HeldFrame.keep(frame, 3, None, 64, 300_000)
    assert (held.image.shape, held.factor, held.offset) == ((240, 320, 3), 2, (0, 0))
