"""Which detection hits which ground truth."""

from __future__ import annotations

import numpy as np

from mmaction_mespot.intervals.detections import Detections
from mmaction_mespot.intervals.iou import segment_iou


def match_one_to_one(
    detections: Detections,
    segments: np.ndarray,
    labels: np.ndarray,
    iou_threshold: float = 0.5,
    own_class: bool = True,
) -> np.ndarray:
    """Match detections to ground truths, one to one, the highest score first.

    Each detection takes the free ground truth that it overlaps most, if their IoU is **at least** the
    threshold. Equal scores are taken by start, then end; equal overlaps go to the earlier ground truth: the
    order of the input is without effect on the counts.

    Args:
        detections: Detections of one video.
        segments: Ground truths of the same video, half-open, shape (M, 2).
        labels: Classes of the ground truths, shape (M,).
        iou_threshold: Least IoU of a hit, T_eval of the paper, in (0, 1]. Defaults to 0.5.
        own_class: Whether a detection hits ground truths of its own class only. Defaults to True.

    Returns:
        For each detection the index of the ground truth that it hits, or -1; int64, shape (N,).

    Raises:
        ValueError: If the threshold lies outside (0, 1].
    """
    if not 0 < iou_threshold <= 1:
        raise ValueError(f'iou_threshold must lie in (0, 1], found {iou_threshold}')
    iou = segment_iou(detections.segments, segments)
    hits = iou >= iou_threshold
    if own_class:
        hits &= detections.labels[:, None] == labels
    rows, columns = np.nonzero(hits)
    # The last key counts first: detections by score, start, end, label, then the overlap, then the truth.
    order = np.lexsort(
        (
            segments[columns, 1],
            segments[columns, 0],
            -iou[rows, columns],
            rows,
            detections.labels[rows],
            detections.segments[rows, 1],
            detections.segments[rows, 0],
            -detections.scores[rows],
        )
    )
    matches = np.full(len(detections), -1, dtype=np.int64)
    free = np.ones(len(segments), dtype=bool)
    for row, column in zip(rows[order].tolist(), columns[order].tolist(), strict=True):
        if matches[row] < 0 and free[column]:
            matches[row] = column
            free[column] = False
    return matches
