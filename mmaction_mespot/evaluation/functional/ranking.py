"""The detections of one class over all videos, ranked by score, and the thresholds that are best on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from mmaction_mespot.evaluation.functional.event_table import event_tables
from mmaction_mespot.evaluation.functional.matching import match_events
from mmaction_mespot.evaluation.functional.protocol import Protocol
from mmaction_mespot.evaluation.functional.protocols import DEFAULT, as_protocol
from mmaction_mespot.evaluation.functional.video_result import VideoResult
from mmaction_mespot.intervals.detections import CLASSES


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


def rank_class(videos: Sequence[VideoResult], label: int, rule: Protocol | float = DEFAULT) -> Ranking:
    """Rank all detections of a class.

    One matching serves every threshold: in greedy one-to-one matching by score, a detection of lower
    score never changes what happened to the higher ones. Equal scores stand or fall together.

    Args:
        videos: Videos with all their candidates.
        label: The class.
        rule: A protocol, or the IoU threshold of the default one. Matching is one-to-one and within the class
            in any case. Defaults to the default protocol.
    """
    protocol = replace(as_protocol(rule), matching='one_to_one', same_class=True)
    scores, hits, truths = [np.zeros(0)], [np.zeros(0, bool)], 0
    for _, table in event_tables(videos, protocol):
        own = table.of_class(label)
        scores.append(own.found_scores[own.counted])
        hits.append(match_events(own, protocol).truth_of[own.counted] >= 0)
        truths += len(own.truth_labels)
    falling = -np.concatenate(scores)
    order = np.argsort(falling)
    falling, hit = falling[order], np.concatenate(hits)[order]
    last = np.flatnonzero(np.append(falling[1:] > falling[:-1], True)[: len(falling)])
    return Ranking(
        scores=-falling[last],
        detections=last + 1,
        tp=np.cumsum(hit)[last],
        ground_truths=truths,
    )


def best_thresholds(videos: Sequence[VideoResult], rule: Protocol | float = DEFAULT) -> tuple[float, ...]:
    """For each class the threshold that maximises its F1, pooled over all videos.

    The threshold lies midway between the lowest score kept and the highest one dropped; it is the lowest
    score itself if all are kept. Of several cuts with the same F1 the one with the fewest detections is
    taken. Where no detection helps (no hit, no ground truth), the threshold is 1 or, if a score reaches 1,
    just above the highest. The midpoint is rounded to float32, so that a model's buffer holds it exactly.

    Args:
        videos: Videos with all their candidates: of the validation part, never of the test part.
        rule: A protocol (matching is one-to-one in any case), or the IoU threshold of the default one.

    Returns:
        One threshold per class; a detection is kept if its score is **at least** the threshold.
    """
    return tuple(_best_threshold(videos, label, rule) for label in range(len(CLASSES)))


def _best_threshold(videos: Sequence[VideoResult], label: int, rule: Protocol | float) -> float:
    ranking = rank_class(videos, label, rule)
    if not ranking.tp.any():
        highest = float(ranking.scores.max(initial=0.0))
        return 1.0 if highest < 1 else float(np.nextafter(np.float32(highest), np.float32(np.inf)))
    best = int(np.argmax(2 * ranking.tp / (ranking.detections + ranking.ground_truths)))
    kept = float(ranking.scores[best])
    if best + 1 == len(ranking.scores):
        return kept
    dropped = float(ranking.scores[best + 1])
    middle = float(np.float32((kept + dropped) / 2))
    return middle if dropped < middle <= kept else kept
