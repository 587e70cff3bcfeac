from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.preprocessing.video import VideoError, open_video_source


def test_an_array_has_its_frames_at_the_given_rate() -> None:
    frames = np.random.default_rng(0).integers(0, 255, (4, 24, 32, 3), np.uint8)
    source = open_video_source(frames, fps=50)
    assert (source.fps, source.size, source.total_frames, source.notes) == (50, (32, 24), 4, [])
    found = list(source)
    assert [(frame.index, frame.time_s) for frame in found] == [(0, 0), (1, 0.02), (2, 0.04), (3, 0.06)]
    np.testing.assert_array_equal(np.stack([frame.image for frame in found]), frames)
    assert len(list(source)) == 4


@pytest.mark.parametrize(
    ('shape', 'dtype', 'fps', 'message'),
    [
        ((4, 6, 8), np.uint8, 30, r'found uint8 (4, 6, 8), expected uint8 (T, H, W, 3)'),
        ((4, 6, 8, 3), np.float32, 30, 'found float32'),
        ((0, 6, 8, 3), np.uint8, 30, 'empty shape'),
        ((4, 6, 8, 3), np.uint8, None, 'a frame rate (fps) is needed'),
        ((4, 6, 8, 3), np.uint8, 0, 'fps: found 0, expected 5 to 1000'),
        ((4, 6, 8, 3), np.uint8, float('nan'), 'fps: found nan'),
    ],
)
def test_arrays_of_another_form_are_refused(
    shape: tuple[int, ...], dtype: type, fps: float | None, message: str
) -> None:
    with pytest.raises(VideoError, match=re.escape(message)):
        open_video_source(np.zeros(shape, dtype), fps)


@pytest.mark.parametrize(
    ('fps', 'warned'), [(15, True), (24, True), (24.98, False), (25, False), (240, False)]
)
def test_slow_videos_are_warned_of(fps: float, warned: bool) -> None:
    source = open_video_source(np.zeros((2, 24, 24, 3), np.uint8), fps)
    assert any('below 25, micro-expressions cannot be resolved' in note for note in source.notes) == warned


def test_a_path_that_leads_nowhere_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(MESpotError, match=r'nothing.mp4: no such file, expected a video'):
        open_video_source(tmp_path / 'nothing.mp4')


@pytest.mark.parametrize('size', [(16, 16), (1, 65535), (8000, 8000)])
def test_frames_beyond_all_bounds(size: tuple[int, int]) -> None:
    frames = np.broadcast_to(np.zeros((1, 1, 1, 1), np.uint8), (2, *size, 3))
    with pytest.raises(
        VideoError, match=rf'frames of {size[1]} x {size[0]} px, expected sides of 20 px or more'
    ):
        open_video_source(frames, 30)
