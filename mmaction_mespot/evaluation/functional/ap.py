"""Average precision of the candidates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from mmaction_mespot.evaluation.functional.protocol import Protocol
from mmaction_mespot.evaluation.functional.protocols import DEFAULT, as_protocol
from mmaction_mespot.evaluation.functional.ranking import rank_class
from mmaction_mespot.evaluation.functional.video_result import VideoResult
from mmaction_mespot.intervals.detections import CLASSES

MAP_THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7)
"""IoU thresholds of the mean average precision, as usual for temporal localization (THUMOS14)."""


def average_precision(videos: Sequence[VideoResult], rule: Protocol | float = DEFAULT) -> dict[str, float]:
    """Area under the precision-recall curve of each class, all-point interpolation (PASCAL VOC since 2010).

    The precision at a recall is the highest precision at that recall or beyond. Matching is one-to-one.

    Args:
        videos: Videos with all their candidates.
        rule: A protocol, or the IoU threshold of the default one. Defaults to the default protocol.

    Returns:
        AP by class name; 0 for a class without ground truth.
    """
    values = {}
    for label, name in enumerate(CLASSES):
        ranking = rank_class(videos, label, rule)
        precision = ranking.tp / np.maximum(ranking.detections, 1)
        envelope = np.maximum.accumulate(precision[::-1])[::-1]
        steps = np.diff(ranking.tp, prepend=0) / max(ranking.ground_truths, 1)
        values[name] = float((envelope * steps).sum())
    return values


def mean_average_precision(
    videos: Sequence[VideoResult], rule: Protocol | float = DEFAULT
) -> dict[str, float]:
    """AP averaged over the IoU thresholds 0.3, 0.4, 0.5, 0.6 and 0.7.

    Args:
        videos: Videos with all their candidates.
        rule: A protocol, whose own threshold is replaced. Defaults to the default protocol.

    Returns:
        By class name, and ``'mAP'``, the mean of the classes.
    """
    protocol = as_protocol(rule)
    by_threshold = [
        average_precision(videos, replace(protocol, iou_threshold=threshold)) for threshold in MAP_THRESHOLDS
    ]
    means = {name: float(np.mean([values[name] for values in by_threshold])) for name in CLASSES}
    return means | {'mAP': float(np.mean(list(means.values())))}
