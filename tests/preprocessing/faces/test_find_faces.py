from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import pytest
from video_files import timed

from mmaction_mespot.preprocessing.faces import FaceTracker
from mmaction_mespot.preprocessing.faces.find_faces import find_faces
from mmaction_mespot.preprocessing.video import TimedFrame


def test_lasting_faces_are_found_the_largest_first(tracker: FaceTracker, portrait: np.ndarray) -> None:
    small = cv2.resize(portrait, None, fx=0.7, fy=0.7, interpolation=cv2.INTER_AREA)
    both = np.full((300, 256 + small.shape[1], 3), 90, np.uint8)
    both[: len(small), : small.shape[1]] = small
    one = both.copy()
    both[:, small.shape[1] :] = portrait
    read: list[int] = []

    def frames() -> Iterator[TimedFrame]:
        for frame in timed([both, one, both, both, one, one, one, one, one, one], fps=4):
            read.append(frame.index)
            yield frame

    large, little = find_faces(frames(), tracker, seconds=1.0)
    assert large[0] > small.shape[1] > little[2]
    assert max(read) == 5
    assert len(find_faces(frames(), tracker)) == 1


def test_a_video_without_a_face_has_none(tracker: FaceTracker) -> None:
    assert find_faces(timed([np.full((120, 160, 3), 90, np.uint8)] * 10), tracker) == []
    assert find_faces([], tracker) == []


@pytest.mark.parametrize('fps', [30, 240])
def test_only_four_frames_a_second_are_searched(fps: int, monkeypatch: pytest.MonkeyPatch) -> None:
    searched: list[int] = []

    class Tracker:
        def detect(self, image: np.ndarray) -> list:
            searched.append(1)
            return []

    find_faces(timed([np.zeros((4, 4, 3), np.uint8)] * (3 * fps), fps), Tracker())  # type: ignore[arg-type]
    assert len(searched) in (8, 9)
