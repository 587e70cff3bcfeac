"""An ActivityNet video and its features as a window of a spotting network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from mmaction.registry import TRANSFORMS
from mmcv.transforms import BaseTransform

from mmaction_mespot.annotations.activitynet import PREFIX
from mmaction_mespot.errors import MESpotError


@TRANSFORMS.register_module()
class ActivityNetWindow(BaseTransform):
    """Turn what ``ActivityNetDataset`` and ``LoadLocalizationFeature`` give into a window of one level.

    A row of the features is a position of the window: row i stands for instants i to i + 1, and one instant
    is ``feature_frame / rows`` frames. Between this and :class:`PackFeatureInputs` nothing else is needed.

    Required keys: ``raw_feature`` (C, T), ``video_name, duration_second, duration_frame, feature_frame,
    annotations``; used where they are there (``export_activitynet`` writes them): ``video_id, subject, part,
    total_frames, window_start, video_segments, video_labels``. Added: ``levels``, one of (C, T, 1, 1), the
    ground truth, and the keys that :class:`PackSpottingInputs` packs.

    Args:
        classes: Names of the labels, in order. None calls every event class 0, for a head of one class on
            other people's labels. Defaults to ``('MaE', 'ME')``.
        length: Rows, to which features of another length are brought by linear interpolation. Defaults to
            None, as they are.
    """

    def __init__(self, classes: Sequence[str] | None = ('MaE', 'ME'), length: int | None = None) -> None:
        if length is not None and length < 1:
            raise MESpotError(f'ActivityNetWindow: length must be above 0, found {length}')
        self.classes = None if classes is None else tuple(classes)
        self.length = length

    def transform(self, results: dict[str, Any]) -> dict[str, Any]:
        """Lay features and ground truth on the window's grid.

        Raises:
            MESpotError: If a label is unknown.
        """
        feature = np.asarray(results['raw_feature'], np.float32)
        if self.length is not None and feature.shape[1] != self.length:
            feature = _resample(feature, self.length)
        rows = feature.shape[1]
        fps = float(results['duration_frame']) / float(results['duration_second'])
        interval = float(results['feature_frame']) / rows
        start = float(results.get('window_start', 0.0))
        segments = np.array([event['segment'] for event in results['annotations']], np.float64).reshape(-1, 2)
        labels = np.array(
            [self._label(event['label'], results) for event in results['annotations']], np.int64
        )
        instants = np.clip(segments * fps / interval, 0, rows)
        seen = instants[:, 1] > instants[:, 0]
        name = results['video_name']
        video_id = results.get('video_id', name.removeprefix(PREFIX))
        return dict(
            results,
            levels=[feature[:, :, None, None]],
            gt_segments=instants[seen],
            gt_labels=labels[seen],
            video_id=video_id,
            subject=results.get('subject', video_id),
            part=results.get('part'),
            fps=fps,
            total_frames=results.get('total_frames', round(results['duration_frame'])),
            window_start=start,
            frame_interval=interval,
            clip_len=rows,
            video_segments=np.array(results.get('video_segments', start + segments * fps)).reshape(-1, 2),
            video_labels=np.array(results.get('video_labels', labels)),
        )

    def _label(self, name: str, results: dict[str, Any]) -> int:
        if self.classes is None:
            return 0
        if name not in self.classes:
            raise MESpotError(
                f'{results["video_name"]}: label {name!r}, expected one of {self.classes}; '
                'classes=None takes every label as one class'
            )
        return self.classes.index(name)

    def __repr__(self) -> str:
        return f'{type(self).__name__}(classes={self.classes}, length={self.length})'


def _resample(feature: np.ndarray, length: int) -> np.ndarray:
    """Interpolate (C, T) at the centres of ``length`` equal parts of the time."""
    rows = feature.shape[1]
    centres = (np.arange(length) + 0.5) * rows / length - 0.5
    return np.stack([np.interp(centres, np.arange(rows), channel) for channel in feature]).astype(np.float32)
