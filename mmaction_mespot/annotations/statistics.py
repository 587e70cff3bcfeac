"""What a data set holds, counted from its annotations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from mmaction_mespot.intervals.detections import CLASSES


@dataclass(frozen=True)
class DatasetStatistics:
    """Counts of one annotated data set.

    Attributes:
        videos: Number of videos.
        videos_without_events: Those of them that hold no event.
        subjects: Number of people.
        duration_s: Length of all videos together, in seconds.
        lengths_s: Length of each event in seconds, an array for each class of ``CLASSES``.
        events_per_video: Number of events of each video, in the order of the annotations.
        events_per_subject: Number of events of each class by subject, subjects sorted.
        overlaps: Pairs of events of one video that share at least one frame:
            ``(video_id, index of the first, index of the second)``.
    """

    videos: int
    videos_without_events: int
    subjects: int
    duration_s: float
    lengths_s: tuple[np.ndarray, ...]
    events_per_video: np.ndarray
    events_per_subject: dict[str, tuple[int, ...]]
    overlaps: tuple[tuple[str, int, int], ...]


def dataset_statistics(data: Mapping[str, Any]) -> DatasetStatistics:
    """Count the events of a data set.

    Args:
        data: The common annotation JSON, as :func:`load_annotations` gives it.

    Returns:
        The counts.
    """
    entries = data['data_list']
    lengths: list[list[float]] = [[] for _ in CLASSES]
    per_subject = {entry['subject']: [0] * len(CLASSES) for entry in entries}
    overlaps: list[tuple[str, int, int]] = []
    for entry in entries:
        for instance in entry['instances']:
            start, end = instance['segment']
            lengths[instance['label']].append((end - start) / entry['fps'])
            per_subject[entry['subject']][instance['label']] += 1
        overlaps += [(entry['video_id'], *pair) for pair in _overlapping(entry['instances'])]
    counts = np.array([len(entry['instances']) for entry in entries], dtype=np.int64)
    return DatasetStatistics(
        videos=len(entries),
        videos_without_events=int((counts == 0).sum()),
        subjects=len(per_subject),
        duration_s=float(sum(entry['total_frames'] / entry['fps'] for entry in entries)),
        lengths_s=tuple(np.array(row, dtype=np.float64) for row in lengths),
        events_per_video=counts,
        events_per_subject={subject: tuple(per_subject[subject]) for subject in sorted(per_subject)},
        overlaps=tuple(overlaps),
    )


def _overlapping(instances: list[dict[str, Any]]) -> list[tuple[int, int]]:
    """Pairs of intervals that share at least one frame."""
    segments = [instance['segment'] for instance in instances]
    return [
        (first, second)
        for first in range(len(segments))
        for second in range(first + 1, len(segments))
        if max(segments[first][0], segments[second][0]) < min(segments[first][1], segments[second][1])
    ]
