from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from mmaction_mespot.preprocessing.faces import FaceTracker, warp
from mmaction_mespot.preprocessing.faces.regions import grid_means
from mmaction_mespot.preprocessing.flow import TVL1Params, compute, tvl1_torch
from mmaction_mespot.preprocessing.flow.motion import flow_pair
from mmaction_mespot.preprocessing.preparation_settings import PreparationSettings
from mmaction_mespot.preprocessing.store.face_file import FaceFile
from mmaction_mespot.preprocessing.store.store_reader import StreamReader
from mmaction_mespot.preprocessing.video_preparation import prepare_video


def _flow_of_means(prev: np.ndarray, later: np.ndarray, method: str) -> np.ndarray:
    """A stand-in that tells which two crops it was given."""
    return np.full((*prev.shape, 2), (prev.mean() / 8, later.mean() / 8), np.float32)


@pytest.mark.parametrize('gap', [1, 4, 30])
def test_streams_hold_what_the_convention_says(
    gap: int, portrait: np.ndarray, tracker: FaceTracker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    n = 12
    for i in range(n):
        image = cv2.convertScaleAbs(portrait, alpha=1 - i / 40)[:, :, ::-1]
        cv2.imwrite(str(tmp_path / f'img{i + 1:03d}.png'), image)
    video: dict[str, Any] = dict(
        video_id='s01_0101',
        frame_dir='.',
        filename_tmpl='img{:03d}.png',
        start_index=1,
        total_frames=n,
        fps=30.0,
    )
    alive: list[int] = []
    monkeypatch.setattr(compute, 'compute_flow', _flow_of_means)
    settings = PreparationSettings(crop_size=64, flow_gap=gap)
    record = prepare_video(video, tmp_path, tmp_path / 'out', settings, tracker, lambda: alive.append(1))
    assert len(alive) == n
    assert sorted(record['files']) == [
        f'{name}/s01_0101.h5' for name in ('faces', 'flow', 'flow_grid', 'flow_roi', 'rgb')
    ]

    matrices = FaceFile.read(tmp_path / 'out' / 'faces' / 's01_0101.h5').matrices
    crops = [
        warp(cv2.convertScaleAbs(portrait, alpha=1 - i / 40), matrix, 64) for i, matrix in enumerate(matrices)
    ]
    readers = {name: StreamReader(tmp_path / 'out' / name / 's01_0101.h5') for name in settings.streams}
    assert {len(reader) for reader in readers.values()} == {n}
    rgb = readers['rgb'].read(np.arange(n)).astype(int)
    assert np.abs(rgb - np.stack(crops)).mean() < 3
    means = np.array([cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY).mean() / 8 for crop in crops])
    pairs = np.array([flow_pair(i, gap, n) for i in range(n)])
    flow = readers['flow'].read(np.arange(n))
    np.testing.assert_allclose(flow[:, 5, 5], means[pairs], atol=0.02)
    np.testing.assert_allclose(readers['flow_roi'].read([2])[0], np.tile(means[pairs[2]], (14, 1)), rtol=2e-3)
    grids = readers['flow_grid'].read(np.arange(n))
    np.testing.assert_allclose(grids[3], grid_means(flow[3]), rtol=5e-3)
    # The stand-in's flow is the same everywhere, so nothing is left without the nose's.
    for name in ('flow', 'flow_grid', 'flow_roi'):
        np.testing.assert_allclose(readers[name].read([0, 7, 11], remove_head_motion=True), 0, atol=0.03)
        assert readers[name].attrs['gap'] == gap
        assert readers[name].attrs['method'] == 'tvl1'


def test_flow_in_batches_on_a_device_equals_the_plain_one(
    portrait: np.ndarray, tracker: FaceTracker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The path of the GPU, on torch's CPU: the same entries with the same head motion."""
    n = 6
    for i in range(n):
        moved = cv2.warpAffine(portrait, np.array([[1, 0, 0.3 * i], [0, 1, 0]]), (256, 300))
        cv2.imwrite(str(tmp_path / f'{i}.png'), moved[:, :, ::-1])
    video: dict[str, Any] = dict(
        video_id='v', frame_dir='.', filename_tmpl='{}.png', start_index=0, total_frames=n, fps=30.0
    )
    real, sizes = tvl1_torch.tvl1_flow_batch, []

    def on_the_cpu(prev: np.ndarray, next_: np.ndarray, params: TVL1Params, device: str) -> np.ndarray:
        sizes.append((len(prev), device))
        return real(prev, next_, params, 'cpu')

    monkeypatch.setattr(tvl1_torch, 'tvl1_flow_batch', on_the_cpu)
    plain = PreparationSettings(('flow', 'flow_roi'), crop_size=48, flow_method='tvl1-fast', flow_gap=2)
    for name, settings in (('cpu', plain), ('gpu', replace(plain, device='cuda', flow_batch=4))):
        prepare_video(video, tmp_path, tmp_path / name, settings, tracker)
    assert sizes == [(4, 'cuda'), (2, 'cuda')]
    for stream in ('flow', 'flow_roi'):
        cpu, gpu = (StreamReader(tmp_path / name / stream / 'v.h5') for name in ('cpu', 'gpu'))
        assert len(gpu) == n
        difference = np.abs(gpu.read(np.arange(n)) - cpu.read(np.arange(n)))
        assert difference.mean() < 1e-3
        np.testing.assert_allclose(gpu.head_motion(), cpu.head_motion(), atol=5e-3)
