"""Non-maximum suppression of 1-D intervals: hard, soft and weighted, class-aware.

All go through the intervals by falling score (equal scores: the earlier one in the input first). Greedy
suppression runs over blocks of intervals, each one matrix operation, so that thousands of candidates take
milliseconds and no N x N matrix is ever built.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from mmaction_mespot.intervals.iou import segment_ioa, segment_iou

BLOCK = 256
"""Intervals whose fate is decided at once."""


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
    return _greedy_keep(scores, _same_class_conflicts(segments, labels, iou_threshold))


def weighted_nms(
    segments: Tensor, scores: Tensor, labels: Tensor, iou_threshold: float
) -> tuple[Tensor, Tensor]:
    """Hard NMS whose kept intervals take the score-weighted mean boundaries of what they suppressed.

    Args:
        segments: Half-open intervals of floating type, shape (N, 2).
        scores: Scores >= 0, shape (N,).
        labels: Classes, shape (N,).
        iou_threshold: As in :func:`hard_nms`.

    Returns:
        Indices of the kept intervals by falling score (K,), and their averaged boundaries (K, 2). An
        interval enters the mean of one kept interval: the best that suppresses it. Scores stay as they are.
    """
    conflicts = _same_class_conflicts(segments, labels, iou_threshold)
    keep = _greedy_keep(scores, conflicts)
    if not len(keep):
        return keep, segments[keep]
    everything = torch.arange(len(scores))
    owner = conflicts(keep, everything).to(torch.uint8).argmax(0)
    owner[keep] = torch.arange(len(keep))
    weights = scores.clamp_min(torch.finfo(scores.dtype).tiny)
    totals = torch.zeros(len(keep), dtype=scores.dtype).index_add_(0, owner, weights)
    shares = (weights / totals[owner])[:, None]
    return keep, torch.zeros_like(segments[keep]).index_add_(0, owner, segments * shares)


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
            over the shorter of the two, is **at least** this.

    Returns:
        Indices of the kept intervals by falling score, int64, shape (K,).
    """

    def conflicts(a: Tensor, b: Tensor) -> Tensor:
        return (segment_ioa(segments[a], segments[b]) >= ioa_threshold) & (labels[a][:, None] != labels[b])

    return _greedy_keep(scores, conflicts)


def _same_class_conflicts(
    segments: Tensor, labels: Tensor, iou_threshold: float
) -> Callable[[Tensor, Tensor], Tensor]:
    """Function of two index tensors (A,), (B,): which pairs are one event, bool (A, B)."""

    def conflicts(a: Tensor, b: Tensor) -> Tensor:
        return (segment_iou(segments[a], segments[b]) > iou_threshold) & (labels[a][:, None] == labels[b])

    return conflicts


def _greedy_keep(scores: Tensor, conflicts: Callable[[Tensor, Tensor], Tensor]) -> Tensor:
    """Indices, by falling score, of the intervals in no conflict with a kept, better one."""
    rest = torch.argsort(scores, descending=True, stable=True)
    keep = [rest[:0]]
    while len(rest):
        block, rest = rest[:BLOCK], rest[BLOCK:]
        hits = conflicts(block, block).triu(1)
        # Repeating the rule settles one more interval of the block each time; its fixed point is unique.
        alive = torch.ones(len(block), dtype=torch.bool)
        while not torch.equal(alive, updated := ~(hits & alive[:, None]).any(0)):
            alive = updated
        keep.append(block[alive])
        rest = rest[~conflicts(keep[-1], rest).any(0)]
    return torch.cat(keep)
