"""Which detection hits which label."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mmaction_mespot.evaluation.functional.event_table import EventTable, Status, order_detections
from mmaction_mespot.evaluation.functional.overlaps import TruthAxis
from mmaction_mespot.evaluation.functional.protocol import Protocol
from mmaction_mespot.intervals.detections import Detections

_FEWEST_TURNS = 512


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
    truth_of = np.full(len(table.found_labels), -1, dtype=np.int64)
    found_of = np.full(len(table.truth_labels), -1, dtype=np.int64)
    turns = order_detections(table.found_segments, table.found_scores, table.found_labels)
    turns = turns[table.counted[turns]]
    axis = TruthAxis.of(table, same_class, protocol.inclusive_ends)
    best = np.zeros(len(found_of))
    while len(turns) and len(axis):
        # So few detections at a time that labels which are gone are met by few.
        rows, place, columns, iou = axis.hits(turns[: max(len(axis) // 2, _FEWEST_TURNS)], protocol)
        turns = turns[len(rows) :]
        if protocol.matching == 'one_to_one':
            _take_best_free(rows, place, columns, iou, truth_of, found_of)
        elif protocol.matching == 'best_per_label':
            _take_better(rows, place, columns, iou, found_of, best)
        else:  # each label is found by the first detection that hits it
            labels, first = np.unique(columns, return_index=True)
            found_of[labels] = rows[place[first]]
        axis = axis.without(best >= 1 if protocol.matching == 'best_per_label' else found_of >= 0)
    if protocol.matching != 'one_to_one':
        labels = np.flatnonzero(found_of >= 0)
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


def _take_best_free(
    rows: np.ndarray,
    place: np.ndarray,
    columns: np.ndarray,
    iou: np.ndarray,
    truth_of: np.ndarray,
    found_of: np.ndarray,
) -> None:
    """Each detection in its turn takes the free label that it overlaps most."""
    order = np.lexsort((-iou, place))
    turn = -1
    taken: set[int] = set()
    detections = rows.tolist()
    for here, column in zip(place[order].tolist(), columns[order].tolist(), strict=True):
        if here != turn and column not in taken:
            turn = here
            taken.add(column)
            truth_of[detections[here]], found_of[column] = column, detections[here]


def _take_better(
    rows: np.ndarray,
    place: np.ndarray,
    columns: np.ndarray,
    iou: np.ndarray,
    found_of: np.ndarray,
    best: np.ndarray,
) -> None:
    """Each label goes to the detection that overlaps it most; of several such to the first."""
    better = iou > best[columns]
    place, columns, iou = place[better], columns[better], iou[better]
    np.maximum.at(best, columns, iou)
    most = iou == best[columns]
    labels, first = np.unique(columns[most], return_index=True)
    found_of[labels] = rows[place[most][first]]
