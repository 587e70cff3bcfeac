"""What became of each label and each detection of a video: found, missed, false."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from mmaction_mespot.evaluation.functional.matching import match_one_to_one
from mmaction_mespot.evaluation.functional.video_result import VideoResult
from mmaction_mespot.intervals.iou import segment_iou
from mmaction_mespot.intervals.selection import apply_thresholds

Interval = tuple[float, float]


@dataclass(frozen=True)
class Outcome:
    """One label or detection after the matching of its video.

    Attributes:
        kind: ``TP`` (label found), ``FP`` (detection without label), ``FN`` (label missed).
        video_id: The video.
        part: Part of the benchmark, or None.
        label: Class (0 MaE, 1 ME).
        truth: The label ``[start, end)`` in frames; None for a false positive.
        found: The detection ``[start, end)`` in frames; None for a missed label.
        score: Score of the detection, NaN for a missed label.
        iou: IoU of label and detection; 0 without a pair.
    """

    kind: Literal['TP', 'FP', 'FN']
    video_id: str
    part: str | None
    label: int
    truth: Interval | None
    found: Interval | None
    score: float
    iou: float


def video_outcomes(
    video: VideoResult, thresholds: Sequence[float], iou_threshold: float = 0.5
) -> list[Outcome]:
    """Match a video's detections to its labels and name what became of each.

    Args:
        video: A video with all its candidates.
        thresholds: Score threshold per class, in the order of `CLASSES`.
        iou_threshold: Smallest IoU of a match.

    Returns:
        Hits and missed labels in the order of the labels, then the false positives by falling score.
    """
    kept = apply_thresholds(video.detections, thresholds)
    kept = kept[np.argsort(-kept.scores, kind='stable')]
    truth_of = match_one_to_one(kept, video.segments, video.labels, iou_threshold)
    hit_of = {int(truth): hit for hit, truth in enumerate(truth_of) if truth >= 0}
    outcomes = []
    for index, (segment, label) in enumerate(zip(video.segments, video.labels.tolist(), strict=True)):
        truth = as_interval(segment)
        if index in hit_of:
            hit = hit_of[index]
            interval, score = as_interval(kept.segments[hit]), float(kept.scores[hit])
            iou = interval_iou(truth, interval)
            outcomes.append(Outcome('TP', video.video_id, video.part, label, truth, interval, score, iou))
        else:
            outcomes.append(Outcome('FN', video.video_id, video.part, label, truth, None, math.nan, 0.0))
    for hit in np.flatnonzero(truth_of < 0).tolist():
        interval, score = as_interval(kept.segments[hit]), float(kept.scores[hit])
        label = int(kept.labels[hit])
        outcomes.append(Outcome('FP', video.video_id, video.part, label, None, interval, score, 0.0))
    return outcomes


def as_interval(segment: np.ndarray) -> Interval:
    """A row of segments as a pair."""
    return float(segment[0]), float(segment[1])


def interval_iou(first: Interval, second: Interval) -> float:
    """IoU of two half-open intervals."""
    return float(segment_iou(np.array([first]), np.array([second]))[0, 0])
