from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from prepared_features import write_features
from prepared_set import write_prepared

from mmaction_mespot.datasets import LongVideoDataset
from mmaction_mespot.datasets.transforms import LoadFeatures
from mmaction_mespot.errors import MESpotError

PACK = dict(type='PackFeatureInputs')


@pytest.fixture(scope='module')
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = write_prepared(tmp_path_factory.mktemp('features') / 'set', streams=())
    write_features(root, 'two', dict(rgb=(2, 3, 4), flow=(1, 1, 1)), (2, 1, 1), 64, 30)
    write_features(root, 'one', dict(flow=(1, 1, 1)), (2, 1, 1), 64, 30)
    return root


def dataset(root: Path, load: dict, **options: Any) -> LongVideoDataset:
    options = dict(clip_len=64, stride=32, target_fps=30, align=8, test_mode=True, split='val', **options)
    return LongVideoDataset(
        data_root=str(root), pipeline=[dict(type='LoadFeatures', **load), PACK], **options
    )


@pytest.mark.parametrize('in_memory', [False, True])
def test_windows_are_cut_out_of_the_levels(root: Path, in_memory: bool) -> None:
    windows = dataset(root, dict(folder='two', in_memory=in_memory))
    sample = windows[2]  # 240 frames of 60 per second: 120 positions; the last window starts at 56
    assert sample['data_samples'].metainfo['window_start'] == 112.0
    assert [tuple(level.shape) for level in sample['inputs'].values()] == [
        (2 + 1, 32, 2, 2),
        (3 + 1, 16, 1, 1),
        (4 + 1, 8, 1, 1),
    ]
    assert sample['inputs']['level_0'][0, :, 0, 0].tolist() == list(range(28, 60))
    assert sample['inputs']['level_2'][0, :, 0, 0].tolist() == list(range(7, 15))
    # an ME at frames 120 to 144
    assert sample['data_samples'].gt_instances.segments.tolist() == [[4.0, 16.0]]


def test_streams_and_fusion(root: Path) -> None:
    one = dataset(root, dict(folder='two', streams=('flow',)))[0]['inputs']
    assert one['level_0'].shape[0] == 1
    with pytest.raises(MESpotError, match="found 'max'"):
        LoadFeatures('two', fusion='max')
    write_features(root, 'same', dict(rgb=(1, 1, 1), flow=(1, 1, 1)), (1, 1, 1), 64, 30)
    summed = dataset(root, dict(folder='same', fusion='sum'))[0]['inputs']['level_0']
    assert summed.shape[0] == 1
    assert summed[0, :, 0, 0].tolist() == [2.0 * i for i in range(32)]


def test_training_windows_lie_on_the_grid(root: Path) -> None:
    windows = LongVideoDataset(
        data_root=str(root),
        pipeline=[dict(type='LoadFeatures', folder='one'), PACK],
        clip_len=64,
        target_fps=30,
        align=8,
        split='train',
        windows_per_epoch=6,
        seed=0,
    )
    for i in range(6):
        sample = windows[i]
        first = sample['data_samples'].metainfo['window_start']  # of a video of 30 frames per second
        assert sample['inputs']['level_2'][0, 0, 0, 0] == first / 8


def test_features_that_do_not_fit(root: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r'nowhere: 1 of 1 videos lack their features \(s02_0101\)'):
        dataset(root, dict(folder='nowhere'))
    with pytest.raises(MESpotError, match='give LongVideoDataset `align`'):
        LoadFeatures('one').transform(dict(store_root=root, video_id='s02_0101'))
    windows = dataset(root, dict(folder='one'))
    info = dict(windows.get_data_info(0), frame_interval=1.5)
    with pytest.raises(MESpotError, match=r'frame_interval 2, expected 1\.5; the features are of another'):
        LoadFeatures('one').transform(info)
    assert np.isfinite(LoadFeatures('one').transform(windows.get_data_info(0))['levels'][0]).all()
