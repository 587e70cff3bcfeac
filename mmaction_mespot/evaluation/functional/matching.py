"""Which detection hits which label."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mmaction_mespot.evaluation.functional.event_table import EventTable, Status, rank_detections
from mmaction_mespot.evaluation.functional.overlaps import overlapping_pairs
from mmaction_mespot.evaluation.functional.protocol import Protocol
from mmaction_mespot.intervals.detections import Detections


@dataclass(frozen=True)
class Matches:
    """The outcome of a matching.

    Attributes:
        truth_of: For each detection a label that it found, or -1; int64, shape (N,).
        found_of: For each label the detection that found it, or -1; int64, shape (M,).
    """

    truth_of: np.ndarray
    found_of: np.ndarray


def match_events(table: EventTable, protocol: Protocol, same_class: bool | None = None) -> Matches:
    """Match the detections of all videos to their labels.

    The order of the input is without effect on the counts: equal scores are taken by start, end and class,
    equal overlaps go to the earlier label.

    Args:
        table: Labels and detections under the same protocol.
        protocol: The rules.
        same_class: Replaces the protocol's ``same_class``. Defaults to None, which leaves it.
    """
    if same_class is None:
        same_class = protocol.same_class
    rows, columns, iou = overlapping_pairs(table, protocol.inclusive_ends)
    hits = (iou > protocol.iou_threshold) if protocol.strict else (iou >= protocol.iou_threshold)
    hits &= table.counted[rows]
    if same_class:
        hits &= table.found_labels[rows] == table.truth_labels[columns]
    rows, columns, iou = rows[hits], columns[hits], iou[hits]
    rank = rank_detections(table.found_segments, table.found_scores, table.found_labels)[rows]
    if protocol.matching == 'one_to_one':
        return _match_one_to_one(table, rows, columns, iou, rank)
    # Each label is found by one of its detections: the one that overlaps most, or the one that comes first.
    keys = (rank, -iou, columns) if protocol.matching == 'best_per_label' else (rank, columns)
    order = np.lexsort(keys)
    labels, first = np.unique(columns[order], return_index=True)
    found_of = np.full(len(table.truth_labels), -1, dtype=np.int64)
    found_of[labels] = rows[order][first]
    truth_of = np.full(len(table.found_labels), -1, dtype=np.int64)
    truth_of[found_of[labels][::-1]] = labels[::-1]
    return Matches(truth_of, found_of)


def match_one_to_one(
    detections: Detections,
    segments: np.ndarray,
    labels: np.ndarray,
    iou_threshold: float = 0.5,
    own_class: bool = True,
) -> np.ndarray:
    """Match the detections of one video to its labels, one to one, the highest score first.

    Each detection takes the free label that it overlaps most, if their IoU is **at least** the threshold.

    Args:
        detections: Detections of one video.
        segments: Labels of the same video, half-open, shape (M, 2).
        labels: Classes of the labels, shape (M,).
        iou_threshold: Least IoU of a hit, T_eval of the paper, in (0, 1]. Defaults to 0.5.
        own_class: Whether a detection hits labels of its own class only. Defaults to True.

    Returns:
        For each detection the index of the label that it hits, or -1; int64, shape (N,).

    Raises:
        ValueError: If the threshold lies outside (0, 1].
    """
    protocol = Protocol(iou_threshold=iou_threshold, same_class=own_class)
    table = EventTable(
        1,
        np.zeros(len(labels), dtype=np.int64),
        np.asarray(segments, dtype=np.float64).reshape(-1, 2),
        np.asarray(labels, dtype=np.int64),
        np.zeros(len(detections), dtype=np.int64),
        detections.segments,
        detections.scores,
        detections.labels,
        np.full(len(detections), Status.COUNTED, dtype=np.int64),
    )
    return match_events(table, protocol).truth_of


def _match_one_to_one(
    table: EventTable, rows: np.ndarray, columns: np.ndarray, iou: np.ndarray, rank: np.ndarray
) -> Matches:
    """Go through the hits by the detections' rank, then by falling overlap; take what is free."""
    ends, starts = table.truth_segments[columns, 1], table.truth_segments[columns, 0]
    order = np.lexsort((ends, starts, -iou, rank))
    truth_of = [-1] * len(table.found_labels)
    found_of = [-1] * len(table.truth_labels)
    for row, column in zip(rows[order].tolist(), columns[order].tolist(), strict=True):
        if truth_of[row] < 0 and found_of[column] < 0:
            truth_of[row], found_of[column] = column, row
    return Matches(np.array(truth_of, dtype=np.int64), np.array(found_of, dtype=np.int64))
