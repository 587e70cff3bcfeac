"""The detections of one class over all videos, ranked by score: the base of thresholds and of AP."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mmaction_mespot.evaluation.functional.matching import match_one_to_one
from mmaction_mespot.evaluation.functional.video_result import VideoResult


@dataclass(frozen=True)
class Ranking:
    """Cumulated hits at every distinct score of a class, from the highest score downwards.

    Attributes:
        scores: Distinct scores, falling, shape (K,).
        detections: Detections with at least that score, shape (K,).
        tp: Hits among them, shape (K,).
        ground_truths: Ground truths of the class.
    """

    scores: np.ndarray
    detections: np.ndarray
    tp: np.ndarray
    ground_truths: int


def rank_class(videos: Sequence[VideoResult], label: int, iou_threshold: float = 0.5) -> Ranking:
    """Rank all detections of a class.

    One matching serves every threshold: in greedy one-to-one matching by score, a detection of lower
    score never changes what happened to the higher ones. Equal scores stand or fall together.

    Args:
        videos: Videos with all their candidates.
        label: The class.
        iou_threshold: Least IoU of a hit. Defaults to 0.5.
    """
    scores, hits = [np.zeros(0)], [np.zeros(0, dtype=bool)]
    for video in videos:
        own = video.detections[video.detections.labels == label]
        scores.append(own.scores)
        hits.append(match_one_to_one(own, video.segments, video.labels, iou_threshold) >= 0)
    distinct, group = np.unique(-np.concatenate(scores), return_inverse=True)
    return Ranking(
        scores=-distinct,
        detections=np.cumsum(np.bincount(group, minlength=len(distinct))),
        tp=np.cumsum(np.bincount(group, weights=np.concatenate(hits), minlength=len(distinct))).astype(int),
        ground_truths=int(sum((video.labels == label).sum() for video in videos)),
    )
