from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from video_files import number_of, ramp, write_video

from mmaction_mespot.preprocessing.video import FrameError
from mmaction_mespot.preprocessing.video.open import open_annotated, video_fingerprint

FOLDER: dict[str, Any] = dict(
    frame_dir='f', filename_tmpl='img_{:d}.jpg', start_index=8, total_frames=4, fps=25.0
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / 'f').mkdir()
    for number in range(8, 12):
        image = np.full((20, 30, 3), (10 * number, 0, 255), np.uint8)  # BGR
        cv2.imwrite(str(tmp_path / 'f' / f'img_{number}.jpg'), image)
    return tmp_path


def test_frames_of_an_annotated_folder(root: Path) -> None:
    (root / 'f' / 'img_3.jpg').write_bytes(b'no frame of this video')
    frames = list(open_annotated(FOLDER, root))
    assert [frame.index for frame in frames] == [0, 1, 2, 3]
    assert [frame.time_s for frame in frames] == pytest.approx([0, 0.04, 0.08, 0.12])
    for frame in frames:
        np.testing.assert_allclose(frame.image[10, 15], [255, 0, 10 * (8 + frame.index)], atol=3)


def test_what_cannot_be_read_is_a_loss(root: Path) -> None:
    cv2.imwrite(str(root / 'f' / 'img_8.jpg'), np.zeros((20, 40, 3), np.uint8))
    (root / 'f' / 'img_10.jpg').write_bytes(b'GIF89a')
    source = open_annotated(FOLDER, root)
    assert [frame.index for frame in source] == [1, 3]
    assert source.losses == source.notes
    assert [Path(note.split(':')[1].strip()).name for note in source.losses] == ['img_8.jpg', 'img_10.jpg']
    assert '40 x 20 px, expected 30 x 20' in source.losses[0]
    assert [frame.index for frame in source] == [1, 3]
    assert len(source.losses) == 2


def test_a_rate_that_is_not_the_files_own_counts(tmp_path: Path) -> None:
    write_video(tmp_path / 'v.mp4', ramp(9))
    entry = dict(video='v.mp4', total_frames=9)
    own = list(open_annotated({**entry, 'fps': 30.0}, tmp_path))
    assert [number_of(frame.image) for frame in own] == list(range(9))
    assert own[8].time_s == pytest.approx(8 / 30, abs=1e-3)
    fast = list(open_annotated({**entry, 'fps': 200.0}, tmp_path))
    assert fast[8].time_s == pytest.approx(8 / 200)


def test_fingerprint_notices_replaced_and_missing_frames(root: Path) -> None:
    before = video_fingerprint(FOLDER, root)
    assert before == video_fingerprint(FOLDER, root)
    (root / 'f' / 'img_9.jpg').write_bytes(b'')
    assert video_fingerprint(FOLDER, root) != before
    (root / 'f' / 'img_9.jpg').unlink()
    with pytest.raises(FrameError, match=r'img_9\.jpg: missing, expected 4 frames from number 8'):
        video_fingerprint(FOLDER, root)
    with pytest.raises(FrameError, match=r'v\.mp4: no such file'):
        video_fingerprint({'video': 'v.mp4'}, root)
    (root / 'v.mp4').write_bytes(b'1')
    assert len(video_fingerprint({'video': 'v.mp4'}, root)) == 64
