"""One window's output, whatever localizer made it, as plain arrays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.detections import Detections
from mmaction_mespot.intervals.length_classes import label_by_length

REQUIRED = ('video_id', 'subject', 'fps', 'total_frames', 'window_start', 'video_segments', 'video_labels')


def read_window(sample: Mapping[str, Any], meta: Mapping[str, Any]) -> dict[str, Any]:
    """Read the candidates of one window.

    Two kinds of output are known:

    - ``pred_instances`` with ``segments`` (M, 2) in the video's frames, ``scores`` and ``labels``;
    - ``proposal_list`` of BMN, BSN and TCANet: dicts of ``score`` and ``segment`` in **seconds from the start
      of the window**. They know no classes: a proposal is an ME if it lasts at most 0.5 s.

    Args:
        sample: The localizer's output for the window, as a dict.
        meta: Meta information of the window: the keys of :data:`REQUIRED`; the window's length as
            ``clip_len`` and ``frame_interval``, or as ``duration_frame``; optionally ``part``,
            ``score_thresholds`` and ``grid``, where all these frames are positions of a working grid.

    Returns:
        A picklable dict on the CPU: ``detections``, ``start``, ``end`` (frames), ``truth_segments``,
        ``truth_labels``, ``score_thresholds``, ``grid`` and the video's ``video_id, subject, part, fps,
        total_frames``.

    Raises:
        MESpotError: If a key is missing.
    """
    missing = [key for key in REQUIRED if key not in meta]
    if 'duration_frame' in meta and 'clip_len' not in meta:
        length = float(meta['duration_frame'])
    elif 'clip_len' in meta and 'frame_interval' in meta:
        length = float(meta['clip_len']) * float(meta['frame_interval'])
    else:
        missing.append('clip_len and frame_interval (or duration_frame)')
    if missing:
        raise MESpotError(
            f'SpottingF1Metric: a window of video {meta.get("video_id", meta.get("video_name"))} lacks the '
            f'meta keys {missing}; found {sorted(meta)}. The pipeline must pack them.'
        )
    start, fps = float(meta['window_start']), float(meta['fps'])
    thresholds = meta.get('score_thresholds')
    part = meta.get('part')
    return {
        'video_id': str(meta['video_id']),
        'subject': str(meta['subject']),
        'part': None if part is None else str(part),
        'fps': fps,
        'total_frames': int(meta['total_frames']),
        'start': start,
        'end': start + length,
        'detections': _read_detections(sample, start, fps),
        'truth_segments': _array(meta['video_segments']).reshape(-1, 2),
        'truth_labels': _array(meta['video_labels']).reshape(-1),
        'score_thresholds': None if thresholds is None else _array(thresholds).tolist(),
        'grid': meta.get('grid'),
    }


def _read_detections(sample: Mapping[str, Any], start: float, fps: float) -> Detections:
    if 'pred_instances' in sample:
        found = sample['pred_instances']
        return Detections(_array(found['segments']), _array(found['scores']), _array(found['labels']))
    if 'proposal_list' in sample:
        proposals = sample['proposal_list']
        seconds = np.array([proposal['segment'] for proposal in proposals], dtype=np.float64).reshape(-1, 2)
        segments = start + fps * seconds
        scores = np.array([proposal['score'] for proposal in proposals], dtype=np.float64)
        return Detections(segments, scores, label_by_length(segments, fps))
    raise MESpotError(
        'SpottingF1Metric: the output of the model holds neither pred_instances nor proposal_list, '
        f'found {sorted(sample)}'
    )


def _array(values: Any) -> np.ndarray:
    """A tensor or anything array-like as a float64 array on the CPU."""
    if isinstance(values, torch.Tensor):
        values = values.detach().cpu().numpy()
    return np.asarray(values, dtype=np.float64)
