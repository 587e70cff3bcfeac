"""Non-maximum suppression of 1-D intervals: hard, soft and weighted, class-aware.

All go through the intervals by falling score (equal scores: the earlier one in the input first). Greedy
suppression runs over blocks of intervals, each one matrix operation, so that thousands of candidates take
milliseconds and no N x N matrix is ever built.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mmaction_mespot.intervals.iou import segment_ioa, segment_iou

BLOCK = 256
"""Intervals whose fate is decided at once."""


def hard_nms(
    segments: np.ndarray, scores: np.ndarray, labels: np.ndarray, iou_threshold: float
) -> np.ndarray:
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
    segments: np.ndarray, scores: np.ndarray, labels: np.ndarray, iou_threshold: float
) -> tuple[np.ndarray, np.ndarray]:
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
    owner = conflicts(keep, np.arange(len(scores))).argmax(axis=0)
    owner[keep] = np.arange(len(keep))
    weights = np.maximum(scores, np.finfo(scores.dtype).tiny)
    totals = np.zeros(len(keep), scores.dtype)
    np.add.at(totals, owner, weights)
    averaged = np.zeros_like(segments[keep])
    np.add.at(averaged, owner, segments * (weights / totals[owner])[:, None])
    return keep, averaged


def soft_nms(
    segments: np.ndarray, scores: np.ndarray, labels: np.ndarray, sigma: float, min_score: float
) -> tuple[np.ndarray, np.ndarray]:
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
    order = _by_falling(scores)
    segments, decayed, alive_labels = segments[order], scores[order], labels[order]
    taken: list[int] = []
    kept_scores: list[float] = []
    while len(order):
        top = int(decayed.argmax())
        score = float(decayed[top])
        if score < min_score or score == -np.inf:
            break
        taken.append(top)
        kept_scores.append(score)
        iou = segment_iou(segments[top : top + 1], segments)[0]
        decayed *= np.where(alive_labels == alive_labels[top], np.exp(iou * iou / -sigma), 1.0)
        decayed[top], alive_labels[top] = -np.inf, -1
    return order[np.array(taken, dtype=np.int64)], np.array(kept_scores, dtype=scores.dtype)


def cross_class_suppression(
    segments: np.ndarray, scores: np.ndarray, labels: np.ndarray, ioa_threshold: float
) -> np.ndarray:
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

    def conflicts(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return (segment_ioa(segments[a], segments[b]) >= ioa_threshold) & (labels[a][:, None] != labels[b])

    return _greedy_keep(scores, conflicts)


def _same_class_conflicts(
    segments: np.ndarray, labels: np.ndarray, iou_threshold: float
) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    """Function of two index arrays (A,), (B,): which pairs are one event, bool (A, B)."""

    def conflicts(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return (segment_iou(segments[a], segments[b]) > iou_threshold) & (labels[a][:, None] == labels[b])

    return conflicts


def _by_falling(scores: np.ndarray) -> np.ndarray:
    """Indices by falling score, the earlier of equal ones first."""
    return np.argsort(-scores, kind='stable')


def _greedy_keep(scores: np.ndarray, conflicts: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> np.ndarray:
    """Indices, by falling score, of the intervals in no conflict with a kept, better one."""
    rest = _by_falling(scores)
    keep = [rest[:0]]
    while len(rest):
        block, rest = rest[:BLOCK], rest[BLOCK:]
        hits = np.triu(conflicts(block, block), 1)
        # Repeating the rule settles one more interval of the block each time; its fixed point is unique.
        alive = np.ones(len(block), dtype=bool)
        while not np.array_equal(alive, updated := ~(hits & alive[:, None]).any(axis=0)):
            alive = updated
        keep.append(block[alive])
        rest = rest[~conflicts(keep[-1], rest).any(axis=0)]
    return np.concatenate(keep)
