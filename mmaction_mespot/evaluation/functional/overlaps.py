"""The overlapping pairs of labels and detections of many videos, without a matrix of all pairs."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from mmaction_mespot.evaluation.functional.event_table import EventTable
from mmaction_mespot.evaluation.functional.protocol import Protocol
from mmaction_mespot.intervals.detections import CLASSES

_PAIRS = 1 << 20


def overlapping_pairs(
    table: EventTable, inclusive_ends: bool = True
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """All pairs of a detection and a label of one video that overlap, with their IoU.

    The videos are laid one behind the other on one time axis; two binary searches give each detection the
    run of labels that can overlap it.

    Args:
        table: Labels and detections.
        inclusive_ends: Whether intervals hold their last frame, see
            :class:`~mmaction_mespot.evaluation.functional.protocol.Protocol`. Defaults to True.

    Returns:
        Indices of the detections (P,), indices of the labels (P,), IoU > 0 (P,).
    """
    found, truth = table.found_segments, table.truth_segments
    if not inclusive_ends:
        found, truth = _without_last_frame(found), _without_last_frame(truth)
    if not len(found) or not len(truth):
        return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)
    low = min(found.min(), truth.min())
    span = max(found.max(), truth.max()) - low + 1
    found_axis = found - low + (table.found_video * span)[:, None]
    truth_starts = truth[:, 0] - low + table.truth_video * span
    order = np.argsort(truth_starts, kind='stable')
    starts = truth_starts[order]
    longest = (truth[:, 1] - truth[:, 0]).max()
    first = np.searchsorted(starts, found_axis[:, 0] - longest, side='left')
    last = np.searchsorted(starts, found_axis[:, 1], side='left')
    sizes = np.maximum(last - first, 0)
    rows = np.repeat(np.arange(len(found)), sizes)
    within = np.arange(len(rows)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    columns = order[first[rows] + within]
    one_video = table.found_video[rows] == table.truth_video[columns]
    rows, columns = rows[one_video], columns[one_video]
    a, b = found[rows], truth[columns]
    shared = np.minimum(a[:, 1], b[:, 1]) - np.maximum(a[:, 0], b[:, 0])
    overlap = shared > 0
    rows, columns, a, b, shared = (array[overlap] for array in (rows, columns, a, b, shared))
    return rows, columns, shared / ((a[:, 1] - a[:, 0]) + (b[:, 1] - b[:, 0]) - shared)


@dataclass(frozen=True)
class TruthAxis:
    """The labels of many videos one behind the other on one time axis, to find those that a detection hits.

    Attributes:
        found: Detections, shape (N, 2), as the protocol sees them.
        truth: Labels, shape (M, 2), likewise.
        found_start: Start of each detection on the axis, shape (N,).
        found_group: The video, or the class in a video, that each detection belongs to, shape (N,).
        truth_group: The same for the labels, shape (M,).
        labels: Indices of the labels on the axis, by start, then end, shape (K,).
        starts: Their starts on the axis, shape (K,).
    """

    found: np.ndarray
    truth: np.ndarray
    found_start: np.ndarray
    found_group: np.ndarray
    truth_group: np.ndarray
    labels: np.ndarray
    starts: np.ndarray

    @classmethod
    def of(cls, table: EventTable, same_class: bool, inclusive_ends: bool) -> TruthAxis:
        """Put all labels on the axis.

        Args:
            table: Labels and detections.
            same_class: Whether a detection hits labels of its own class only.
            inclusive_ends: As of :func:`overlapping_pairs`.
        """
        found, truth = table.found_segments, table.truth_segments
        if not inclusive_ends:
            found, truth = _without_last_frame(found), _without_last_frame(truth)
        found_group, truth_group = table.found_video, table.truth_video
        if same_class:
            found_group = found_group * len(CLASSES) + table.found_labels
            truth_group = truth_group * len(CLASSES) + table.truth_labels
        if not len(found) or not len(truth):
            nothing = np.zeros(0, np.int64)
            return cls(found, truth, found[:, 0], found_group, truth_group, nothing, nothing)
        low = min(found.min(), truth.min())
        span = max(found.max(), truth.max()) - low + 1
        labels = np.lexsort((truth[:, 1], truth[:, 0], truth_group))
        starts = truth[:, 0] - low + truth_group * span
        return cls(
            found,
            truth,
            found[:, 0] - low + found_group * span,
            found_group,
            truth_group,
            labels,
            starts[labels],
        )

    def __len__(self) -> int:
        """Labels that are left."""
        return len(self.labels)

    def without(self, gone: np.ndarray) -> TruthAxis:
        """The axis without some labels.

        Args:
            gone: Mask of all labels, shape (M,).
        """
        left = ~gone[self.labels]
        return self if left.all() else replace(self, labels=self.labels[left], starts=self.starts[left])

    def hits(
        self, rows: np.ndarray, protocol: Protocol
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """The labels that the first of some detections overlap enough.

        An overlap of at least t bounds how far the two starts lie apart: a detection of length n can only hit
        labels that begin from (1 - t) / t * n before its start to (1 - t) * n behind it.

        Args:
            rows: Indices of the detections; at least the first is looked at, and more as memory allows.
            protocol: The threshold.

        Returns:
            Indices of those that were looked at (R,); of each pair the place of the detection among them
            (rising, (P,)), the index of the label (by start, then end, (P,)), and the IoU (P,).
        """
        least = protocol.iou_threshold
        start, length = self.found_start[rows], self.found[rows, 1] - self.found[rows, 0]
        slack = 0.5  # far more than what rounding takes
        first = np.searchsorted(self.starts, start - (1 - least) / least * length - slack)
        last = np.searchsorted(self.starts, start + (1 - least) * length + slack)
        total = np.cumsum(last - first)
        if total[-1] > _PAIRS:
            count = max(int(np.searchsorted(total, _PAIRS)), 1)
            rows, first, last, total = rows[:count], first[:count], last[:count], total[:count]
        sizes = last - first
        place = np.repeat(np.arange(len(rows)), sizes)
        columns = self.labels[np.arange(total[-1]) + np.repeat(first - (total - sizes), sizes)]
        pairs = rows[place]
        a_start, a_end = self.found[pairs, 0], self.found[pairs, 1]
        b_start, b_end = self.truth[columns, 0], self.truth[columns, 1]
        shared = np.minimum(a_end, b_end) - np.maximum(a_start, b_start)
        overlap = np.flatnonzero((shared > 0) & (self.found_group[pairs] == self.truth_group[columns]))
        place, columns, shared = place[overlap], columns[overlap], shared[overlap]
        lengths = (a_end - a_start)[overlap] + (b_end - b_start)[overlap]
        iou = shared / (lengths - shared)
        hit = iou > least if protocol.strict else iou >= least
        return rows, place[hit], columns[hit], iou[hit]


def _without_last_frame(segments: np.ndarray) -> np.ndarray:
    """From the first frame to the beginning of the last one."""
    return np.stack([segments[:, 0], np.maximum(segments[:, 1] - 1, segments[:, 0])], axis=1)
