"""From the arrays of a window, a whole video or its features to what a spotter takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from mmaction.registry import TRANSFORMS
from mmaction.structures import ActionDataSample
from mmcv.transforms import BaseTransform
from mmengine.structures import InstanceData

from mmaction_mespot.datasets.transforms.stream_resize import stream_keys
from mmaction_mespot.errors import MESpotError

META_KEYS = (
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
)


@TRANSFORMS.register_module()
class PackSpottingInputs(BaseTransform):
    """Pack a window.

    Gives ``inputs`` (``rgb`` (3, T, H, W) uint8, ``flow`` (2, T, H, W) float32, those that are there) and
    ``data_samples``: an ``ActionDataSample`` with ``gt_instances`` (``segments`` (N, 2) float32 in window
        instants,
    ``labels`` (N,) int64) and, as metainfo, `META_KEYS`.
    """

    def transform(self, results: dict[str, Any]) -> dict[str, Any]:
        """Pack the streams (T, H, W, C) and the ground truth."""
        inputs = {
            key: torch.from_numpy(np.ascontiguousarray(results[key].transpose(3, 0, 1, 2)))
            for key in stream_keys(results, self)
        }
        return dict(inputs=inputs, data_samples=make_data_sample(results))

    def __repr__(self) -> str:
        return f'{type(self).__name__}()'


def make_data_sample(results: dict[str, Any]) -> ActionDataSample:
    """Put a window's ground truth and meta information into a data sample."""
    sample = ActionDataSample()
    sample.gt_instances = InstanceData(
        segments=torch.from_numpy(np.asarray(results['gt_segments'], np.float32)),
        labels=torch.from_numpy(np.asarray(results['gt_labels'], np.int64)),
    )
    sample.set_metainfo(pick_meta(results, META_KEYS))
    return sample


def pick_meta(results: dict[str, Any], keys: Sequence[str]) -> dict[str, Any]:
    """The meta information of a window; without a ``grid``, its frames are the video's own."""
    return {key: results.get(key) if key == 'grid' else results[key] for key in keys}


@TRANSFORMS.register_module()
class PackFeatureInputs(BaseTransform):
    """Pack a window of features.

    Gives ``inputs`` (``level_0``, ``level_1``, ... of shape (C, T_l, H, W), float32, fine to coarse) and
    ``data_samples`` as :class:`PackSpottingInputs`.
    """

    def transform(self, results: dict[str, Any]) -> dict[str, Any]:
        """Pack the ``levels`` and the ground truth."""
        inputs = {
            f'level_{i}': torch.from_numpy(np.ascontiguousarray(level, np.float32))
            for i, level in enumerate(results['levels'])
        }
        return dict(inputs=inputs, data_samples=make_data_sample(results))

    def __repr__(self) -> str:
        return f'{type(self).__name__}()'


VIDEO_META_KEYS = (*META_KEYS, 'flow_gap')
VIDEO_INPUTS = ('flow', 'histograms')
MOVEMENT_INPUTS = ('head_motion', 'face_shape')


@TRANSFORMS.register_module()
class PackVideoFlow(BaseTransform):
    """Pack a whole video.

    Gives ``inputs`` (``flow`` (n, ..., 2) or ``histograms`` (n, blocks, bins), float32; beside flow also
    ``head_motion`` (n, 2) and ``face_shape`` (n, points, 3), where they were loaded) and ``data_samples``: an
    ``ActionDataSample`` with, as metainfo, `VIDEO_META_KEYS`; only flow has a ``flow_gap``, and a
    ``crop_size`` where that was loaded.
    """

    def transform(self, results: dict[str, Any]) -> dict[str, Any]:
        """Pack the input and what is known of the video.

        Raises:
            MESpotError: If there is neither flow nor histograms.
        """
        inputs = {key: torch.from_numpy(np.asarray(results[key])) for key in VIDEO_INPUTS if key in results}
        if not inputs:
            raise MESpotError(f'PackVideoFlow: one of {VIDEO_INPUTS} expected, found {sorted(results)}')
        inputs |= {key: torch.from_numpy(results[key]) for key in MOVEMENT_INPUTS if key in results}
        sample = ActionDataSample()
        sample.set_metainfo(pick_meta(results, VIDEO_META_KEYS if 'flow' in inputs else META_KEYS))
        if 'crop_size' in results:
            sample.set_metainfo(dict(crop_size=results['crop_size']))
        return dict(inputs=inputs, data_samples=sample)

    def __repr__(self) -> str:
        return f'{type(self).__name__}()'
