"""The detections of one class over all videos, ranked by score: the base of thresholds and of AP."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from mmaction_mespot.evaluation.functional.event_table import build_event_table
from mmaction_mespot.evaluation.functional.matching import match_events
from mmaction_mespot.evaluation.functional.protocol import Protocol
from mmaction_mespot.evaluation.functional.protocols import DEFAULT, as_protocol
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
    table = build_event_table(videos, protocol)
    own = table.counted & (table.found_labels == label)
    hits = match_events(table, protocol).truth_of[own] >= 0
    distinct, group = np.unique(-table.found_scores[own], return_inverse=True)
    return Ranking(
        scores=-distinct,
        detections=np.cumsum(np.bincount(group, minlength=len(distinct))),
        tp=np.cumsum(np.bincount(group, weights=hits, minlength=len(distinct))).astype(int),
        ground_truths=int((table.truth_labels == label).sum()),
    )
