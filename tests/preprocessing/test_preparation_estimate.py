from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import cv2
import h5py
import numpy as np
import pytest

from mmaction_mespot.preprocessing.preparation_estimate import PreparationEstimate, estimate_preparation
from mmaction_mespot.preprocessing.preparation_plan import PreparationPlan
from mmaction_mespot.preprocessing.preparation_settings import PreparationSettings
from mmaction_mespot.preprocessing.prepare import prepare_dataset
from mmaction_mespot.preprocessing.shard import Shard
from mmaction_mespot.preprocessing.store.store_format import OFFSETS

FRAMES = 8
SETTINGS = PreparationSettings(crop_size=64, flow_method='dis', flow_gap=2)


@pytest.fixture
def annotations(portrait: np.ndarray, tmp_path: Path) -> dict[str, Any]:
    root, videos = tmp_path / 'frames', []
    for video in ('a', 'b', 'c'):
        (root / video).mkdir(parents=True)
        for i in range(FRAMES):
            cv2.imwrite(str(root / video / f'{i}.jpg'), portrait[:, :, ::-1])
        videos.append(
            dict(
                video_id=video,
                frame_dir=video,
                filename_tmpl='{}.jpg',
                start_index=0,
                total_frames=FRAMES,
                fps=30.0,
                instances=[],
            )
        )
    return dict(metainfo=dict(source_root=str(root)), data_list=videos)


def test_says_what_is_left_and_writes_nothing(annotations: dict[str, Any], tmp_path: Path) -> None:
    out, root = tmp_path / 'out', tmp_path / 'frames'
    nothing_yet = estimate_preparation(annotations, out, SETTINGS)
    assert not out.exists()
    assert len(nothing_yet.plan.todo) == 3
    prepare_dataset(annotations, out, SETTINGS)
    assert str(estimate_preparation(annotations, out, SETTINGS)) == (
        'dry run, nothing is written: 3 videos done, 0 left (0 frames), 0 bad'
    )
    shutil.copy(root / 'a' / '0.jpg', root / 'spare.jpg')
    for frame in (1, 5):
        cv2.imwrite(str(root / 'b' / f'{frame}.jpg'), np.zeros((300, 256, 3), np.uint8))
    (root / 'c' / '3.jpg').unlink()
    before = {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in out.rglob('*')}
    estimate = estimate_preparation(annotations, out, SETTINGS, jobs=4)
    assert {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in out.rglob('*')} == before
    assert estimate.plan.done == ['a']
    assert [video['video_id'] for video, _ in estimate.plan.todo] == ['b']
    assert estimate.jobs == 1  # one video
    assert 'c/3.jpg: missing' in str(estimate)
    assert estimate.sample == 'the first 8 frames of b'


def test_disk_and_time_are_those_of_the_sample(annotations: dict[str, Any], tmp_path: Path) -> None:
    out = tmp_path / 'out'
    estimate = estimate_preparation(annotations, out, SETTINGS, shard=Shard(1, 3))
    assert estimate.plan.frames == FRAMES
    prepare_dataset(annotations, out, SETTINGS)
    with h5py.File(out / 'rgb' / 'a.h5') as file:
        assert estimate.bytes_per_frame['rgb'] == file[OFFSETS][-1] / FRAMES
    with h5py.File(out / 'flow' / 'a.h5') as file:
        size = file['data'].id.get_storage_size() + file['rest_motion'].nbytes
        assert estimate.bytes_per_frame['flow'] == size / FRAMES
    # 12 x 12 x 2 halves, and two floats of the head motion
    assert estimate.bytes_per_frame['flow_grid'] == 288 * 2 + 8
    assert estimate.seconds_per_frame is not None and estimate.seconds_per_frame > 0


def test_text() -> None:
    plan = PreparationPlan([({'total_frames': 36_000}, SETTINGS)] * 2, ['x'], {'y': 'y/1.jpg: missing'})
    estimate = PreparationEstimate(plan, 2, 0.05, {'rgb': 13_000, 'flow': 29_000}, 'the first 60 frames of v')
    assert str(estimate).splitlines() == [
        'dry run, nothing is written: 1 videos done, 2 left (72000 frames), 1 bad',
        'bad: y: y/1.jpg: missing',
        'about 30 min with 2 working at a time, 3.0 GB of disk (flow 2.1 GB, rgb 936 MB)',
        'measured on the first 60 frames of v: 50.0 ms per frame in one process; '
        'other videos of other sizes differ',
    ]


def test_without_a_usable_video_the_reason_is_said(annotations: dict[str, Any], tmp_path: Path) -> None:
    for path in (tmp_path / 'frames').rglob('*.jpg'):
        path.write_bytes(b'no picture')
    text = str(estimate_preparation(annotations, tmp_path / 'out', SETTINGS))
    assert 'no estimate of time and disk: ' in text
    assert '0.jpg: not a readable image' in text
