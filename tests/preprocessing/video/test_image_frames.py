from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from mmaction_mespot.preprocessing.video import FrameError
from mmaction_mespot.preprocessing.video.image_frames import ImageFrames, open_frames, read_image
from mmaction_mespot.preprocessing.video.video_frames import VideoFrames


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number in range(8, 12):
        image = np.full((20, 30, 3), (10 * number, 0, 255), np.uint8)  # BGR
        cv2.imwrite(str(tmp_path / f'img_{number}.jpg'), image)
    return tmp_path


def test_frames_count_from_zero_in_rgb(folder: Path) -> None:
    frames = ImageFrames(folder, 'img_{:d}.jpg', 8, 4)
    assert len(frames) == 4
    for index in (3, 0):
        assert frames[index].shape == (20, 30, 3)
        np.testing.assert_allclose(frames[index][10, 15], [255, 0, 10 * (8 + index)], atol=3)
    with pytest.raises(IndexError):
        frames[4]


def test_bad_frames_are_named(folder: Path) -> None:
    frames = ImageFrames(folder, 'img_{:d}.jpg', 8, 4)
    assert len(frames[0]) == 20
    cv2.imwrite(str(folder / 'img_9.jpg'), np.zeros((20, 40, 3), np.uint8))
    with pytest.raises(FrameError, match=r'img_9\.jpg: 40 x 20 px, expected 30 x 20'):
        frames[1]
    whole = (folder / 'img_10.jpg').read_bytes()
    for data, message in (
        (b'', 'empty file'),
        (whole[:-40], 'cut off after'),
        (b'GIF89a', 'not a readable image'),
    ):
        (folder / 'img_10.jpg').write_bytes(data)
        with pytest.raises(FrameError, match=rf'img_10\.jpg: .*{message}'):
            frames[2]
    (folder / 'img_11.jpg').unlink()
    with pytest.raises(FrameError, match=r'img_11\.jpg: cannot be read'):
        frames[3]


def test_fingerprint_notices_replaced_and_missing_frames(folder: Path) -> None:
    frames = ImageFrames(folder, 'img_{:d}.jpg', 8, 4)
    before = frames.fingerprint()
    assert before == ImageFrames(folder, 'img_{:d}.jpg', 8, 4).fingerprint()
    cv2.imwrite(str(folder / 'img_9.jpg'), np.random.default_rng(0).integers(0, 255, (20, 30, 3), np.uint8))
    assert frames.fingerprint() != before
    (folder / 'img_9.jpg').write_bytes(b'')
    with pytest.raises(FrameError, match=r'img_9\.jpg: empty'):
        frames.fingerprint()
    (folder / 'img_9.jpg').unlink()
    with pytest.raises(FrameError, match=r'img_9\.jpg: missing, expected 4 frames from number 8'):
        frames.fingerprint()


def test_grey_images_become_rgb(tmp_path: Path) -> None:
    grey = np.arange(600, dtype=np.uint16).reshape(20, 30).astype(np.uint8)
    cv2.imwrite(str(tmp_path / 'a.png'), grey)
    np.testing.assert_array_equal(read_image(tmp_path / 'a.png'), np.repeat(grey[:, :, None], 3, axis=2))


def test_video_file(tmp_path: Path) -> None:
    path = tmp_path / 'v.avi'
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*'MJPG'), 25, (64, 48))
    for i in range(9):
        writer.write(np.full((48, 64, 3), (0, 0, 20 * i), np.uint8))
    writer.release()
    frames = open_frames({'video': 'v.avi', 'total_frames': 9}, tmp_path)
    assert isinstance(frames, VideoFrames)
    for index in (0, 3, 8, 2):
        np.testing.assert_allclose(frames[index][20, 20], [20 * index, 0, 0], atol=4)
    assert len(VideoFrames(path)) == 9
    assert frames.fps == 25
    assert len(frames.fingerprint()) == 64
    with pytest.raises(FrameError, match='ends at frame 9, expected 12'):
        VideoFrames(path, 12)[11]
    with pytest.raises(FrameError, match='no such file'):
        VideoFrames(tmp_path / 'w.avi')
    path.write_bytes(b'none')
    with pytest.raises(FrameError, match='not a readable video'):
        VideoFrames(path)
