"""Whatever is wrong with a file, there is a result or one line; FFmpeg neither hangs nor crashes."""

from __future__ import annotations

import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from video_files import write_video

from mmaction_mespot.preprocessing.video import VideoError, open_video_source

_CONTAINERS = [('mp4', 'libx264'), ('mkv', 'mpeg4'), ('avi', 'mjpeg'), ('webm', 'libvpx'), ('ts', 'libx264')]
_MUTANTS = 20


@pytest.fixture(scope='module')
def clean(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    noise = np.random.default_rng(0).integers(0, 255, (64, 180, 3), np.uint8)
    wide = cv2.normalize(cv2.GaussianBlur(noise, (0, 0), 2), None, 0, 255, cv2.NORM_MINMAX)
    images = [np.ascontiguousarray(wide[:, 2 * i : 2 * i + 96]) for i in range(24)]
    folder = tmp_path_factory.mktemp('clean')
    return {
        suffix: write_video(folder / f'a.{suffix}', images, codec=codec).read_bytes()
        for suffix, codec in _CONTAINERS
    }


def _mutant(data: bytes, seed: int) -> bytes:
    rng = np.random.default_rng(seed)
    changed = bytearray(data)
    kind = seed % 5
    if kind == 0:
        return data[: rng.integers(0, len(data))]
    if kind == 1:
        for place in rng.integers(0, len(data), 1 << rng.integers(0, 8)):
            changed[place] ^= 1 << rng.integers(0, 8)
    elif kind == 2:
        start = int(rng.integers(0, min(len(data), 1500)))
        changed[start : start + 8] = rng.bytes(8)
    elif kind == 3:
        start, length = int(rng.integers(0, len(data))), int(rng.integers(1, 3000))
        changed[start : start + length] = bytes(len(changed[start : start + length]))
    else:
        start, length = int(rng.integers(0, len(data))), int(rng.integers(1, 2000))
        del changed[start : start + length]
    return bytes(changed)


@pytest.mark.parametrize('suffix', [suffix for suffix, _ in _CONTAINERS])
def test_damaged_files_give_frames_or_one_line(suffix: str, clean: dict[str, bytes], tmp_path: Path) -> None:
    path = tmp_path / f'a.{suffix}'
    started, results = time.monotonic(), 0
    for seed in range(_MUTANTS):
        path.write_bytes(_mutant(clean[suffix], seed))
        try:
            source = open_video_source(path)
            times = [(frame.time_s, frame.image.shape) for frame in source]
        except VideoError as error:
            assert str(path) in str(error)
            assert '\n' not in str(error)
            continue
        results += 1
        assert len(times) <= 100
        assert all(shape == (*source.size[::-1], 3) for _, shape in times)
        assert all(np.diff([at for at, _ in times]) > 0)
        assert len(source.notes) < 30
    assert results > _MUTANTS // 4
    assert time.monotonic() - started < 60
