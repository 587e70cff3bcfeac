"""Non-maximum suppression of 1-D intervals: hard, soft and weighted, class-aware.

All three go through the intervals by falling score (equal scores: the earlier one in the input
first) and let an interval act on those of its own class only. Each step is one vectorised torch
operation over all that is left; no N x N matrix is built, so thousands of candidates are cheap.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from mmaction_mespot.intervals.iou import segment_ioa, segment_iou

Overlap = Callable[[Tensor, Tensor], Tensor]


def hard_nms(segments: Tensor, scores: Tensor, labels: Tensor, iou_threshold: float) -> Tensor:
    """Keep the best interval of every group of overlapping ones.

    Args:
        segments: Half-open intervals, shape (N, 2).
        scores: Scores, shape (N,).
        labels: Classes, shape (N,); intervals of different classes leave each other alone.
        iou_threshold: An interval whose IoU with a kept, better one of its class is **greater** goes.

    Returns:
        Indices of the kept intervals by falling score, int64, shape (K,).
    """
    groups = _greedy_groups(segments, scores, labels, iou_threshold)
    return torch.tensor([int(group[0]) for group in groups], dtype=torch.int64)


def weighted_nms(
    segments: Tensor, scores: Tensor, labels: Tensor, iou_threshold: float
) -> tuple[Tensor, Tensor]:
    """Hard NMS whose kept intervals take the score-weighted mean boundaries of what they suppressed.

    Args:
        segments: Half-open intervals, shape (N, 2).
        scores: Non-negative scores, shape (N,).
        labels: Classes, shape (N,).
        iou_threshold: As in :func:`hard_nms`.

    Returns:
        Indices of the kept intervals by falling score (K,), and their averaged boundaries (K, 2). An
        interval enters the mean of the one kept interval that suppressed it. Scores stay as they are.
    """
    keep, averaged = [], []
    for group in _greedy_groups(segments, scores, labels, iou_threshold):
        weights = scores[group]
        total = weights.sum()
        mean = (segments[group] * weights[:, None]).sum(0) / total if total > 0 else segments[group[0]]
        keep.append(int(group[0]))
        averaged.append(mean)
    if not keep:
        return torch.zeros(0, dtype=torch.int64), segments.new_zeros((0, 2))
    return torch.tensor(keep, dtype=torch.int64), torch.stack(averaged)


def soft_nms(
    segments: Tensor, scores: Tensor, labels: Tensor, sigma: float, min_score: float
) -> tuple[Tensor, Tensor]:
    """Gaussian soft NMS (Bodla et al., "Soft-NMS", ICCV 2017, eq. 2).

    The best remaining interval is taken; every other one of its class has its score multiplied by
    ``exp(-iou^2 / sigma)``; and so on.

    Args:
        segments: Half-open intervals, shape (N, 2).
        scores: Scores, shape (N,).
        labels: Classes, shape (N,).
        sigma: Width of the Gaussian; the smaller, the harder overlaps are punished.
        min_score: Intervals whose decayed score is lower are dropped.

    Returns:
        Indices of the kept intervals by falling decayed score (K,), and those scores (K,).
    """
    order = torch.argsort(scores, descending=True, stable=True)
    segments, decayed, alive_labels = segments[order], scores[order], labels[order]
    taken: list[int] = []
    kept_scores: list[float] = []
    while len(order):
        top = int(decayed.argmax())
        score = float(decayed[top])
        if score < min_score or score == -torch.inf:
            break
        taken.append(top)
        kept_scores.append(score)
        iou = segment_iou(segments[top : top + 1], segments)[0]
        decayed *= torch.where(alive_labels == alive_labels[top], torch.exp(iou * iou / -sigma), 1.0)
        decayed[top], alive_labels[top] = -torch.inf, -1
    return order[torch.tensor(taken, dtype=torch.int64)], torch.tensor(kept_scores, dtype=scores.dtype)


def cross_class_suppression(segments: Tensor, scores: Tensor, labels: Tensor, ioa_threshold: float) -> Tensor:
    """Drop what lies on a better interval of **another** class.

    Args:
        segments: Half-open intervals, shape (N, 2).
        scores: Scores, shape (N,).
        labels: Classes, shape (N,).
        ioa_threshold: An interval goes when its intersection with a kept, better one of another class,
            over the shorter of the two, is at least this.

    Returns:
        Indices of the kept intervals by falling score, int64, shape (K,).
    """
    rest = torch.argsort(scores, descending=True, stable=True)
    keep = []
    while len(rest):
        best, rest = rest[0], rest[1:]
        keep.append(int(best))
        ioa = segment_ioa(segments[best][None], segments[rest])[0]
        rest = rest[(ioa < ioa_threshold) | (labels[rest] == labels[best])]
    return torch.tensor(keep, dtype=torch.int64)


def _greedy_groups(segments: Tensor, scores: Tensor, labels: Tensor, iou_threshold: float) -> list[Tensor]:
    """Indices of each kept interval, followed by those that it suppresses, by falling score."""
    rest = torch.argsort(scores, descending=True, stable=True)
    groups = []
    while len(rest):
        best = rest[0]
        iou = segment_iou(segments[best][None], segments[rest])[0]
        taken = (iou > iou_threshold) & (labels[rest] == labels[best])
        taken[0] = True
        groups.append(rest[taken])
        rest = rest[~taken]
    return groups
