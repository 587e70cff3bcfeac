from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from mmengine.dataset import ConcatDataset, pseudo_collate
from prepared_set import VIDEOS, write_prepared
from torch.utils.data import DataLoader

from mmaction_mespot.datasets import EpochSampler, LongVideoDataset
from mmaction_mespot.errors import MESpotError

PIPELINE = [
    dict(type='LoadStreams', streams=dict(flow='flow_grid'), in_memory=True),
    dict(type='StreamFlip', flip_ratio=0.5),
    dict(type='FlowJitter', amplitude=(0.5, 2.0), noise_std=0.1),
    dict(type='PackSpottingInputs'),
]


def dataset(root: Path, **options: Any) -> LongVideoDataset:
    options = {'clip_len': 64, 'stride': 32, 'seed': 0, 'pipeline': PIPELINE, **options}
    return LongVideoDataset(data_root=str(root), **options)


def test_sliding_windows_cover_each_video(prepared: Path) -> None:
    windows = dataset(prepared, split='train', test_mode=True, pipeline=[])
    found = [(windows[i]['video_id'], windows[i]['window_start']) for i in range(len(windows))]
    first = [(video, start) for video, start in found if video == 's01_0101']
    assert [start for _, start in first] == [0, 32, 64, 96, 128, 160, 192, 224, 236]  # the last ends at 300
    assert [start for video, start in found if video == 's01_0102'] == [0, 32, 64, 96, 128, 136]
    assert len(found) == 15


def test_window_of_the_test_by_hand(prepared: Path) -> None:
    window = dataset(prepared, split='train', test_mode=True, pipeline=[])[3]
    assert (window['video_id'], window['subject'], window['part']) == ('s01_0101', 's01', 'normal')
    assert (window['fps'], window['total_frames'], window['clip_len']) == (30.0, 300, 64)
    assert (window['window_start'], window['frame_interval']) == (96, 1.0)
    assert window['frame_inds'].tolist() == list(range(96, 160))
    assert window['gt_segments'].tolist() == [[4, 44], [54, 64]]  # 10 of the ME's 12 frames are in the window
    assert window['gt_labels'].tolist() == [0, 1]
    assert window['video_segments'].tolist() == [[100, 140], [150, 162]]
    assert window['video_labels'].tolist() == [0, 1]


def test_target_fps_and_frame_interval(prepared: Path) -> None:
    # 60 frames per second seen at 30: two frames per position, 64 positions span 128 frames
    window = dataset(prepared, split='val', target_fps=30, test_mode=True, pipeline=[])
    assert [window[i]['window_start'] for i in range(len(window))] == [0, 64, 112]
    assert window[0]['frame_interval'] == 2.0
    assert window[0]['frame_inds'][:3].tolist() == [1, 3, 5]
    assert window[0]['gt_segments'].tolist() == [[10, 50]]  # the ME [120, 144) shows 8 of its 24 frames
    assert window[1]['gt_segments'].tolist() == [[28, 40]]
    same = dataset(prepared, split='val', frame_interval=2, test_mode=True, pipeline=[])
    assert same[1]['frame_inds'].tolist() == window[1]['frame_inds'].tolist()


def test_video_shorter_than_a_window_repeats_its_last_frame(prepared: Path) -> None:
    window = dataset(prepared, split='test', clip_len=128, stride=64, test_mode=True, pipeline=[])
    assert len(window) == 1
    assert window[0]['frame_inds'].tolist() == [*range(90), *[89] * 38]


def test_training_windows_are_balanced_and_jittered(prepared: Path) -> None:
    windows = dataset(prepared, split='train', windows_per_epoch=30, pipeline=[])
    assert len(windows) == 30
    epoch = [windows[i] for i in range(30)]
    # blocks of ten: around the MaE, around the ME, free of events
    assert all((w['gt_segments'][0] + w['window_start'] - 96).tolist() == [4, 44] for w in epoch[:10])
    assert all(1 in w['gt_labels'] for w in epoch[10:20])
    assert all(len(w['gt_labels']) == 0 for w in epoch[20:])
    assert len({w['window_start'] for w in epoch[:10]}) > 3
    assert {w['video_id'] for w in epoch[20:]} == {'s01_0101', 's01_0102'}
    only_me = dataset(
        prepared, split='train', windows_per_epoch=8, balance=dict(MaE=0, ME=1, none=0), pipeline=[]
    )
    assert all(1 in only_me[i]['gt_labels'] for i in range(8))


def test_interval_jitter_moves_the_ground_truth_along(prepared: Path) -> None:
    windows = dataset(prepared, split='train', windows_per_epoch=90, interval_jitter=(0.8, 1.25), pipeline=[])
    intervals = []
    for i in range(30):
        window = windows[i]
        k = window['frame_interval']
        intervals.append(k)
        frames = window['window_start'] + k * window['gt_segments'][0]
        np.testing.assert_allclose(frames, [100, 140], atol=1e-3)
        assert window['frame_inds'][1] == int(window['window_start'] + 1.5 * k)
    assert 0.8 <= min(intervals) < 0.95 < 1.05 < max(intervals) <= 1.25


def test_draws_depend_on_seed_and_index_alone(prepared: Path) -> None:
    def key(sample: dict) -> tuple:
        meta = sample['data_samples'].metainfo
        return meta['video_id'], meta['window_start'], sample['inputs']['flow'].sum().item()

    windows = dataset(prepared, split='train', windows_per_epoch=12)
    state = np.random.get_state()[1].tolist(), random.getstate()
    epochs = [[key(windows[epoch * 12 + i]) for i in range(12)] for epoch in range(2)]
    assert (np.random.get_state()[1].tolist(), random.getstate()) == state
    np.random.seed(99)
    assert [key(windows[12 + i]) for i in range(12)] == epochs[1]
    assert epochs[0] != epochs[1]
    assert [
        key(dataset(prepared, split='train', windows_per_epoch=12, seed=1)[i]) for i in range(12)
    ] != epochs[0]

    for workers in (0, 2):
        sampler = EpochSampler(windows, shuffle=False, seed=0)
        sampler.set_epoch(1)
        loader = DataLoader(windows, 4, sampler=sampler, num_workers=workers, collate_fn=pseudo_collate)
        batches = list(loader)
        sums = [flow.sum().item() for batch in batches for flow in batch['inputs']['flow']]
        assert sums == [value for _, _, value in epochs[1]]


def test_seed_of_the_run_is_the_default(prepared: Path) -> None:
    torch.manual_seed(123)
    assert dataset(prepared, seed=None).seed == 123


def test_parts_join(prepared: Path) -> None:
    options = dict(test_mode=True, pipeline=PIPELINE, clip_len=64, stride=64)
    sliding = dict(type='LongVideoDataset', data_root=str(prepared), **options)
    joined = ConcatDataset(
        [{**sliding, 'split': 'test'}, {**sliding, 'split': 'val', 'ann_file': 'annotations.json'}]
    )
    assert len(joined) == 2 + 4
    assert joined[2]['data_samples'].subject == 's02'
    assert joined.metainfo['classes'] == ('MaE', 'ME')


def test_unknown_places(prepared: Path, tmp_path: Path) -> None:
    with pytest.raises(
        FileNotFoundError, match=r'annotations\.json: no such annotation file; `python tools/prepare'
    ):
        dataset(tmp_path)
    with pytest.raises(MESpotError, match="expected a split 'dev'"):
        dataset(prepared, split='dev')
    missing = [dict(type='LoadStreams', streams=dict(flow='flow_roi'))]
    with pytest.raises(
        FileNotFoundError, match=r'flow_roi: 4 of 4 videos lack this stream \(s01_0101, .*--streams flow_roi'
    ):
        dataset(prepared, pipeline=missing)


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (dict(frame_interval=1, target_fps=30), 'found both: 1 and 30'),
        (dict(frame_interval=0), 'frame_interval must be above 0, found 0'),
        (dict(interval_jitter=(1.2, 0.8)), r'interval_jitter needs 0 < low <= high, found \(1.2, 0.8\)'),
    ],
)
def test_wrong_options(prepared: Path, options: dict, message: str) -> None:
    with pytest.raises(MESpotError, match=message):
        dataset(prepared, **options)


def test_everybody_and_one_person(prepared: Path) -> None:
    assert len(dataset(prepared).data_list) == len(VIDEOS)
    assert [video['video_id'] for video in dataset(prepared, exclude_subjects='s01').data_list] == [
        's02_0101',
        's03_0101',
    ]
    assert dataset(prepared, fold='s02', split='test').data_list[0]['video_id'] == 's02_0101'


def test_windows_slide_by_half_their_length(prepared: Path) -> None:
    assert dataset(prepared, split='test', clip_len=32, stride=None, test_mode=True).stride == 16
    assert dataset(prepared, split='test', clip_len=128, stride=None, test_mode=True).stride == 64


def test_context_and_alignment(prepared: Path) -> None:
    options = dict(split='val', target_fps=30, pipeline=[], context=8, align=8)
    windows = dataset(prepared, test_mode=True, **options)  # s02: 240 frames of 60 per second
    assert [windows[i]['window_start'] for i in range(len(windows))] == [0, 64, 112]
    assert windows[2]['window_position'] == 56
    frames = windows[2]['frame_inds']
    assert len(frames) == 64 + 16
    assert frames[:2].tolist() == [97, 99] and frames[-9:].tolist() == [239] * 9
    drawn = dataset(prepared, windows_per_epoch=30, interval_jitter=(0.8, 1.2), **options)
    for window in map(drawn.__getitem__, range(30)):
        assert window['window_position'] % 8 == 0
        assert window['window_start'] == window['window_position'] * window['frame_interval']


def test_a_video_on_a_working_grid(tmp_path: Path) -> None:
    """200 frames per second, prepared at every seventh frame: the same windows by rate and by interval."""
    root = write_prepared(tmp_path / 'set', streams=('flow_grid',), videos={'v': ('s01', 100, 200 / 7, [])})
    path = root / 'annotations.json'
    content = json.loads(path.read_text())
    grid = dict(fps=200 / 7, positions=100, runs=[[0, 0, 7]])
    content['data_list'][0].update(
        fps=200.0, total_frames=697, instances=[dict(segment=[70, 140], label=0)], grid=grid
    )
    path.write_text(json.dumps(content))
    for options in (dict(frame_interval=7), dict(target_fps=200 / 7), {}):
        windows = dataset(root, test_mode=True, **options)
        info = windows.get_data_info(0)
        assert (info['fps'], info['total_frames']) == (200 / 7, 100)
        assert info['frame_interval'] == pytest.approx(1)
        assert info['frame_inds'].tolist() == list(range(64))
        assert info['gt_segments'].tolist() == [[10, 20]]
        assert info['grid'].intervals_to_frames(info['video_segments']).tolist() == [[70, 140]]
        sample = windows[0]['data_samples']
        assert (sample.grid, sample.total_frames) == (info['grid'], 100)
