from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from video_files import number_of, ramp

from mmaction_mespot.preprocessing.video import VideoError, open_video_source


def _write(folder: Path, count: int = 12) -> Path:
    folder.mkdir()
    for index, image in enumerate(ramp(count)):
        cv2.imwrite(str(folder / f'img_{index + 1}.png'), image)
    (folder / 'notes.txt').write_text('no frame')
    (folder / '._img_1.png').write_bytes(b'hidden')
    return folder


def test_images_come_by_their_numbers(tmp_path: Path) -> None:
    source = open_video_source(_write(tmp_path / 'talk'), fps=30)
    frames = list(source)
    assert [number_of(frame.image) for frame in frames] == list(range(12))
    assert [frame.time_s for frame in frames] == pytest.approx(np.arange(12) / 30)
    assert (source.size, source.total_frames, source.notes) == ((96, 64), 12, [])


def test_bad_images_are_passed_over_and_named_once(tmp_path: Path) -> None:
    folder = _write(tmp_path / 'talk')
    (folder / 'img_1.png').write_bytes(b'')
    (folder / 'img_3.png').write_text('text')
    cv2.imwrite(str(folder / 'img_5.png'), np.zeros((10, 20, 3), np.uint8))
    source = open_video_source(folder, fps=30)
    for _ in range(2):
        frames = list(source)
    assert [frame.index for frame in frames] == [1, 3, *range(5, 12)]
    assert frames[0].time_s == pytest.approx(1 / 30)
    assert [note.partition('talk/')[2] for note in source.notes] == [
        'img_1.png: empty file (0 bytes)',
        'img_3.png: not a readable image (4 bytes)',
        'img_5.png: 20 x 10 px, expected 96 x 64',
    ]


def test_many_bad_images_do_not_flood(tmp_path: Path) -> None:
    folder = _write(tmp_path / 'talk', 60)
    for number in range(2, 60):
        (folder / f'img_{number}.png').write_bytes(b'')
    source = open_video_source(folder, fps=30)
    assert len(list(source)) == 2
    assert len(source.notes) == 21
    assert source.notes[-1] == 'more bad images are not listed'


def test_folders_without_frames_or_rate_are_refused(tmp_path: Path) -> None:
    with pytest.raises(VideoError, match=r'talk: a folder of images needs its frame rate'):
        open_video_source(_write(tmp_path / 'talk'))
    (tmp_path / 'empty').mkdir()
    with pytest.raises(VideoError, match=r'empty: no image among 0 files'):
        open_video_source(tmp_path / 'empty', fps=30)
    (tmp_path / 'bad').mkdir()
    (tmp_path / 'bad' / '1.jpg').write_bytes(b'no')
    with pytest.raises(VideoError, match=r'none of 1 images can be read: .*1.jpg: not a readable image'):
        open_video_source(tmp_path / 'bad', fps=30)
