"""Average precision of the candidates."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mmaction_mespot.evaluation.functional.ranking import rank_class
from mmaction_mespot.evaluation.functional.video_result import VideoResult
from mmaction_mespot.intervals.detections import CLASSES


def average_precision(videos: Sequence[VideoResult], iou_threshold: float = 0.5) -> dict[str, float]:
    """Area under the precision-recall curve of each class, all-point interpolation (PASCAL VOC since 2010).

    The precision at a recall is the highest precision at that recall or beyond. Matching is one-to-one.

    Args:
        videos: Videos with all their candidates.
        iou_threshold: Least IoU of a hit. Defaults to 0.5.

    Returns:
        AP by class name; 0 for a class without ground truth.
    """
    values = {}
    for label, name in enumerate(CLASSES):
        ranking = rank_class(videos, label, iou_threshold)
        precision = ranking.tp / np.maximum(ranking.detections, 1)
        envelope = np.maximum.accumulate(precision[::-1])[::-1]
        steps = np.diff(ranking.tp, prepend=0) / max(ranking.ground_truths, 1)
        values[name] = float((envelope * steps).sum())
    return values
