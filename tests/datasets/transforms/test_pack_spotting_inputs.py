from __future__ import annotations

from pathlib import Path

import torch

from mmaction_mespot.datasets import LongVideoDataset


def test_shapes_types_and_meta_keys(prepared: Path) -> None:
    pipeline = [
        dict(type='LoadStreams', streams=dict(rgb='rgb', flow='flow')),
        dict(type='StreamFlip', flip_ratio=1.0),
        dict(type='PackSpottingInputs'),
    ]
    windows = LongVideoDataset(
        data_root=str(prepared), split='train', clip_len=64, stride=32, test_mode=True, pipeline=pipeline
    )
    packed = windows[3]
    assert {key: (tuple(value.shape), value.dtype) for key, value in packed['inputs'].items()} == {
        'rgb': ((3, 64, 16, 16), torch.uint8),
        'flow': ((2, 64, 16, 16), torch.float32),
    }
    assert packed['inputs']['flow'][0, 1, 0, 0].item() == -97 / 32
    sample = packed['data_samples']
    assert sample.gt_instances.segments.tolist() == [[4, 44], [54, 64]]
    assert sample.gt_instances.segments.dtype == torch.float32
    assert sample.gt_instances.labels.tolist() == [0, 1]
    assert sample.gt_instances.labels.dtype == torch.int64
    meta = sample.metainfo
    assert set(meta) == {
        'video_id',
        'subject',
        'part',
        'fps',
        'total_frames',
        'window_start',
        'frame_interval',
        'clip_len',
        'video_segments',
        'video_labels',
        'grid',
    }
    assert (meta['window_start'], meta['frame_interval'], meta['clip_len']) == (96, 1.0, 64)
    assert meta['video_segments'].tolist() == [[100, 140], [150, 162]]
    # a window without events keeps its shapes
    assert windows[14]['data_samples'].gt_instances.segments.shape == (0, 2)
