"""What was to be found in a video, and what was found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.detections import CLASSES, Detections
from mmaction_mespot.intervals.selection import apply_thresholds, keep_top_fraction


@dataclass(frozen=True)
class VideoResult:
    """Ground truth and detections of one video.

    Attributes:
        video_id: Name of the video.
        subject: Its person; the unit of resampling.
        part: Part of a data set that is reported by itself, or None.
        fps: Frames per second.
        total_frames: Frames of the video; 0 where labels without frames do not tell it.
        segments: Ground truth, half-open intervals in frames, float64, shape (M, 2).
        labels: Classes of the ground truth, int64, shape (M,).
        detections: What was found: candidates before, detections after a threshold.

    Raises:
        ValueError: If segments and labels differ in number, a label is unknown or an interval is empty.
    """

    video_id: str
    subject: str
    part: str | None
    fps: float
    total_frames: int
    segments: np.ndarray
    labels: np.ndarray
    detections: Detections

    def __post_init__(self) -> None:
        object.__setattr__(self, 'segments', np.asarray(self.segments, dtype=np.float64).reshape(-1, 2))
        object.__setattr__(self, 'labels', np.asarray(self.labels, dtype=np.int64).reshape(-1))
        if len(self.segments) != len(self.labels):
            raise ValueError(
                f'video {self.video_id}: {len(self.segments)} segments but {len(self.labels)} labels'
            )
        for name, labels in (('ground truth', self.labels), ('detections', self.detections.labels)):
            if not np.isin(labels, range(len(CLASSES))).all():
                raise MESpotError(
                    f'video {self.video_id}: labels of the {name} must be 0..{len(CLASSES) - 1}, '
                    f'found {sorted(set(labels.tolist()))}'
                )
        if (self.segments[:, 1] <= self.segments[:, 0]).any():
            raise MESpotError(f'video {self.video_id}: a ground truth ends before it starts: {self.segments}')

    def with_thresholds(self, thresholds: Sequence[float] | Mapping[str, float]) -> VideoResult:
        """The same video with only the detections that reach the threshold of their class."""
        return replace(self, detections=apply_thresholds(self.detections, thresholds))

    def with_top_threshold(self, top_threshold: float) -> VideoResult:
        """The same video with only that fraction of its detections, the best ones."""
        return replace(self, detections=keep_top_fraction(self.detections, top_threshold))
