"""A video that is prepared and one that is spotted are the same: frames, alignment, flow."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from video_files import write_video

from mmaction_mespot.intervals.frame_grid import grid_of
from mmaction_mespot.preprocessing.faces import FaceTracker
from mmaction_mespot.preprocessing.faces.face_aligner import align_stream
from mmaction_mespot.preprocessing.flow.motion import motion_stream
from mmaction_mespot.preprocessing.preparation_settings import PreparationSettings
from mmaction_mespot.preprocessing.store.face_file import FaceFile
from mmaction_mespot.preprocessing.store.store_reader import StreamReader
from mmaction_mespot.preprocessing.video import open_video_source, resample
from mmaction_mespot.preprocessing.video_preparation import prepare_video

SETTINGS = PreparationSettings(('rgb', 'flow', 'flow_grid', 'flow_roi'), crop_size=48, flow_method='dis')
SECONDS = 1.2
RATES = (25, 30, 50, 60, 100, 200)


def _swaying(portrait: np.ndarray, fps: float) -> list[np.ndarray]:
    """A head that sways and comes nearer."""
    small = cv2.resize(portrait, (128, 150), interpolation=cv2.INTER_AREA)
    images = []
    for index in range(round(SECONDS * fps)):
        t = index / fps
        matrix = cv2.getRotationMatrix2D((64, 70), 4 * np.sin(2.1 * t), 0.95 + 0.05 * np.sin(3 * t))
        matrix[:, 2] += [5 * np.sin(4 * t), 3 * np.sin(5 * t)]
        images.append(cv2.warpAffine(small, matrix, (128, 150), borderMode=cv2.BORDER_REPLICATE))
    return images


def _file(images: list[np.ndarray], fps: int, root: Path) -> dict[str, Any]:
    write_video(root / 'v.mp4', images, fps)
    return dict(video='v.mp4')


def _damaged(images: list[np.ndarray], fps: int, root: Path) -> dict[str, Any]:
    path = write_video(root / 'v.mp4', images, fps)
    data = bytearray(path.read_bytes())
    place = data.index(b'mdat') + round(0.4 * (len(data) - data.index(b'mdat')))
    data[place : place + 3000] = bytes(3000)
    path.write_bytes(data)
    return dict(video='v.mp4')


def _uneven(images: list[np.ndarray], fps: int, root: Path) -> dict[str, Any]:
    """Stamps of a phone: every fifth frame comes late, and once nothing comes for 0.2 s."""
    times = [round(1000 * (i + (0.6 if i % 5 == 4 else 0)) / fps) for i in range(len(images))]
    times = [time + (200 if i > len(images) // 2 else 0) for i, time in enumerate(times)]
    write_video(root / 'v.mkv', images, fps, times_ms=times)
    return dict(video='v.mkv')


def _folder(images: list[np.ndarray], fps: int, root: Path) -> dict[str, Any]:
    for i, image in enumerate(images):
        cv2.imwrite(str(root / f'img_{i + 7:04d}.png'), image[:, :, ::-1])
    (root / f'img_{7 + len(images) // 3:04d}.png').write_bytes(b'')
    return dict(frame_dir='.', filename_tmpl='img_{:04d}.png', start_index=7)


@pytest.mark.parametrize('fps', RATES)
@pytest.mark.parametrize('build', [_file, _damaged, _uneven, _folder], ids=lambda build: build.__name__[1:])
def test_prepared_and_streamed_are_equal_to_the_stores_rounding(
    build: Callable[..., dict[str, Any]],
    fps: int,
    portrait: np.ndarray,
    tracker: FaceTracker,
    tmp_path: Path,
) -> None:
    images = _swaying(portrait, fps)
    (tmp_path / 'in').mkdir()
    place = build(images, fps, tmp_path / 'in')
    path = tmp_path / 'in' / place.get('video', '')
    source = open_video_source(path, fps if 'frame_dir' in place else None)
    working = SETTINGS.rate(source.fps)
    notes: list[str] = []
    aligned = list(align_stream(resample(source, working), working, 48, tracker, notes=notes))
    streamed = list(motion_stream(aligned, working, None, SETTINGS.streams, 'dis'))

    total = len(images) if 'frame_dir' in place else len(source.times_s())  # type: ignore[attr-defined]
    video = dict(video_id='v', total_frames=total, fps=source.fps, **place)
    record = prepare_video(video, tmp_path / 'in', tmp_path / 'out', SETTINGS, tracker)
    assert record['notes'] == [*source.notes, *notes]
    assert bool(record['losses']) == (build in (_damaged, _folder))
    shown = [entry.source_index for entry in streamed]
    grid = grid_of({**video, 'grid': record['grid']})
    assert (list(range(total)) if grid is None else grid.frames.tolist()) == shown
    if build is _file:
        assert (grid is None) == (fps <= 30)
    face = FaceFile.read(tmp_path / 'out' / 'faces' / 'v.h5')
    assert face.source_index.tolist() == shown
    np.testing.assert_allclose(face.matrices, [frame.matrix for frame in aligned], atol=1e-12)
    for name, bound in (('rgb', 0), ('flow', 1 / 64), ('flow_grid', 1e-3), ('flow_roi', 1e-3)):
        reader = StreamReader(tmp_path / 'out' / name / 'v.h5')
        assert reader.attrs['fps'] == working
        read = reader.read(np.arange(len(reader)), remove_head_motion=name != 'rgb')
        expected = np.stack([entry.streams[name] for entry in streamed])
        if name == 'rgb':  # as JPEG
            assert np.abs(read.astype(int) - expected).mean() < 5
            continue
        assert reader.attrs['gap'] / working == pytest.approx(0.13, abs=0.02)
        np.testing.assert_allclose(read, expected, rtol=1e-3, atol=bound + 1e-5)
