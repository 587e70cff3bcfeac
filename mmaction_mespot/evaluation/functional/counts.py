"""True and false positives, pooled over videos."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from mmaction_mespot.evaluation.functional.event_table import EventTable, event_tables
from mmaction_mespot.evaluation.functional.matching import Matches, match_events
from mmaction_mespot.evaluation.functional.protocol import Protocol
from mmaction_mespot.evaluation.functional.protocols import DEFAULT, as_protocol
from mmaction_mespot.evaluation.functional.video_result import VideoResult
from mmaction_mespot.intervals.detections import CLASSES

OVERALL, AGNOSTIC = 'overall', 'overall_agnostic'
COUNTED_NAMES = (*CLASSES, OVERALL, AGNOSTIC)
"""What is counted: each class, their sum, and all without regard to the class."""
ROWS = (*CLASSES, OVERALL)
"""Rows of a table of counts."""
ALL_PARTS = 'all'
"""Name of all parts of a benchmark together."""


@dataclass(frozen=True)
class Counts:
    """Hits, false alarms and misses; ratios are 0 where they are undefined.

    The paper's equations (4) and (5) swap the names of precision and recall; these are the standard ones.

    Attributes:
        tp: Labels that were found; under one-to-one matching the detections that hit.
        fp: Detections beyond those; negative where a protocol lets one detection find several labels.
        fn: Labels that no detection hit.
    """

    tp: int = 0
    fp: int = 0
    fn: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.tp + other.tp, self.fp + other.fp, self.fn + other.fn)

    @property
    def precision(self) -> float:
        """TP over detections."""
        return self.tp / (self.tp + self.fp) if self.tp and self.tp + self.fp > 0 else 0.0

    @property
    def recall(self) -> float:
        """TP over ground truths."""
        return self.tp / (self.tp + self.fn) if self.tp else 0.0

    @property
    def f1(self) -> float:
        """2 TP over detections plus ground truths."""
        return 2 * self.tp / (2 * self.tp + self.fp + self.fn) if self.precision else 0.0


def count_array(videos: Sequence[VideoResult], rule: Protocol | float = DEFAULT) -> np.ndarray:
    """Count each video by itself.

    Args:
        videos: Videos with their final detections.
        rule: A protocol, or the IoU threshold of the default protocol. Defaults to the default protocol.

    Returns:
        TP, FP, FN of MaE, ME, overall (the sum of the two: a MaE detection on an ME is no hit) and agnostic
        (the class does not matter), int64, shape (videos, 4, 3).

    Raises:
        ValueError: If the threshold lies outside (0, 1].
    """
    protocol = as_protocol(rule)
    parts = [_count_table(table, protocol) for _, table in event_tables(videos, protocol)]
    return np.concatenate([np.zeros((0, len(COUNTED_NAMES), 3), np.int64), *parts])


def _count_table(table: EventTable, protocol: Protocol) -> np.ndarray:
    """The counts of the videos of a table."""
    counts = np.zeros((table.videos, len(COUNTED_NAMES), 3), dtype=np.int64)
    classes = len(CLASSES)
    counts[:, :classes] = _count(
        table, match_events(table, protocol), protocol, table.truth_labels, table.found_labels, classes
    )
    counts[:, classes] = counts[:, :classes].sum(axis=1)
    one_truth, one_found = np.zeros_like(table.truth_labels), np.zeros_like(table.found_labels)
    matches = match_events(table, protocol, same_class=False)
    counts[:, classes + 1 :] = _count(table, matches, protocol, one_truth, one_found, 1)
    return counts


def _count(
    table: EventTable,
    matches: Matches,
    protocol: Protocol,
    truth_labels: np.ndarray,
    found_labels: np.ndarray,
    classes: int,
) -> np.ndarray:
    """TP, FP, FN by video and class, shape (videos, classes, 3)."""

    def tally(video: np.ndarray, label: np.ndarray, mask: np.ndarray) -> np.ndarray:
        cells = np.bincount(video[mask] * classes + label[mask], minlength=table.videos * classes)
        return cells.reshape(table.videos, classes)

    tp = tally(table.truth_video, truth_labels, matches.found_of >= 0)
    fn = tally(table.truth_video, truth_labels, matches.found_of < 0)
    if protocol.matching == 'label_once':
        fp = tally(table.found_video, found_labels, table.counted & (matches.truth_of < 0))
    else:
        fp = tally(table.found_video, found_labels, table.counted) - tp
    return np.stack([tp, fp, fn], axis=-1)


def count_video(video: VideoResult, rule: Protocol | float = DEFAULT) -> dict[str, Counts]:
    """Count one video; see :func:`count_array`.

    Returns:
        Counts of ``'MaE'``, ``'ME'``, ``'overall'`` and ``'overall_agnostic'``.
    """
    return count_videos([video], rule)


def count_videos(videos: Iterable[VideoResult], rule: Protocol | float = DEFAULT) -> dict[str, Counts]:
    """Counts pooled over all videos; see :func:`count_array`.

    Returns:
        Counts of ``'MaE'``, ``'ME'``, ``'overall'`` and ``'overall_agnostic'``.
    """
    return counts_from_array(count_array(list(videos), rule).sum(axis=0))


def count_by_subject(
    videos: Sequence[VideoResult], rule: Protocol | float = DEFAULT
) -> dict[str, dict[str, Counts]]:
    """Counts pooled over the videos of each subject; subjects sorted by name."""
    counts = count_array(videos, rule)
    subjects = np.array([video.subject for video in videos])
    return {
        str(subject): counts_from_array(counts[subjects == subject].sum(axis=0))
        for subject in np.unique(subjects)
    }


def counts_to_array(counts: dict[str, Counts]) -> np.ndarray:
    """TP, FP, FN of MaE, ME, overall and agnostic, int64, shape (4, 3)."""
    return np.array([(c.tp, c.fp, c.fn) for c in (counts[n] for n in COUNTED_NAMES)])


def counts_from_array(counts: np.ndarray) -> dict[str, Counts]:
    """The reverse of :func:`counts_to_array`."""
    return {name: Counts(*row) for name, row in zip(COUNTED_NAMES, counts.tolist(), strict=True)}
