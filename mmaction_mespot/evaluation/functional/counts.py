"""True and false positives, pooled over videos."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from mmaction_mespot.evaluation.functional.matching import match_one_to_one
from mmaction_mespot.evaluation.functional.video_result import VideoResult
from mmaction_mespot.intervals.detections import CLASSES

OVERALL, AGNOSTIC = 'overall', 'overall_agnostic'


@dataclass(frozen=True)
class Counts:
    """Hits, false alarms and misses; ratios are 0 where they are undefined.

    The paper's equations (4) and (5) swap the names of precision and recall; these are the standard ones.

    Attributes:
        tp: Detections that hit a ground truth.
        fp: Detections that hit none.
        fn: Ground truths that no detection hit.
    """

    tp: int = 0
    fp: int = 0
    fn: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.tp + other.tp, self.fp + other.fp, self.fn + other.fn)

    @property
    def precision(self) -> float:
        """TP over detections."""
        return self.tp / (self.tp + self.fp) if self.tp else 0.0

    @property
    def recall(self) -> float:
        """TP over ground truths."""
        return self.tp / (self.tp + self.fn) if self.tp else 0.0

    @property
    def f1(self) -> float:
        """2 TP over detections plus ground truths."""
        return 2 * self.tp / (2 * self.tp + self.fp + self.fn) if self.tp else 0.0


def count_video(video: VideoResult, iou_threshold: float = 0.5) -> dict[str, Counts]:
    """Count one video.

    Args:
        video: A video with its final detections.
        iou_threshold: Least IoU of a hit. Defaults to 0.5.

    Returns:
        Counts of ``'MaE'``, ``'ME'``, ``'overall'`` (the sum of the two: a MaE detection on an ME is no hit)
        and ``'overall_agnostic'`` (the class does not matter).
    """
    found, truth = video.detections.labels, video.labels
    hit = match_one_to_one(video.detections, video.segments, truth, iou_threshold) >= 0
    counts = {
        name: _counts(hit[found == label], int((truth == label).sum())) for label, name in enumerate(CLASSES)
    }
    counts[OVERALL] = sum(counts.values(), Counts())
    hit = match_one_to_one(video.detections, video.segments, truth, iou_threshold, own_class=False) >= 0
    counts[AGNOSTIC] = _counts(hit, len(truth))
    return counts


def _counts(hit: np.ndarray, truths: int) -> Counts:
    tp = int(hit.sum())
    return Counts(tp, len(hit) - tp, truths - tp)


def count_videos(videos: Iterable[VideoResult], iou_threshold: float = 0.5) -> dict[str, Counts]:
    """Counts pooled over all videos, those without any event included; keys as in :func:`count_video`."""
    total = {name: Counts() for name in (*CLASSES, OVERALL, AGNOSTIC)}
    for video in videos:
        for name, counts in count_video(video, iou_threshold).items():
            total[name] += counts
    return total


def count_by_subject(
    videos: Sequence[VideoResult], iou_threshold: float = 0.5
) -> dict[str, dict[str, Counts]]:
    """Counts pooled over the videos of each subject; subjects sorted by name."""
    subjects = sorted({video.subject for video in videos})
    return {
        subject: count_videos((video for video in videos if video.subject == subject), iou_threshold)
        for subject in subjects
    }


def counts_to_array(counts: dict[str, Counts]) -> np.ndarray:
    """TP, FP, FN of MaE, ME, overall and agnostic, int64, shape (4, 3)."""
    return np.array([(c.tp, c.fp, c.fn) for c in (counts[n] for n in (*CLASSES, OVERALL, AGNOSTIC))])
