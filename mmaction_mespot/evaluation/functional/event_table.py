"""The labels and detections of many videos in flat arrays, under a protocol."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from mmaction_mespot.evaluation.functional.protocol import Protocol
from mmaction_mespot.evaluation.functional.video_result import VideoResult
from mmaction_mespot.intervals.detections import CLASSES, MAE, ME

ME_SPAN_S = 0.5
"""Greatest distance of the first and last frame of an ME by duration: 15 frames at 30 fps (LGSNet)."""
_EVENTS_PER_TABLE = 50_000


class Status(IntEnum):
    """Whether a detection counts, and if not, why."""

    COUNTED = 0
    LENGTH = 1
    BEYOND_TOP_K = 2
    VIDEO_WITHOUT_CLASS = 3


@dataclass(frozen=True)
class EventTable:
    """Labels and detections of many videos.

    Attributes:
        videos: Number of videos.
        truth_video: Index of the video of each label, int64, shape (M,).
        truth_segments: Labels, half-open, frames, shape (M, 2).
        truth_labels: Classes of the labels under the protocol's class rule, shape (M,).
        found_video: Index of the video of each detection, shape (N,).
        found_segments: Detections, half-open, frames, shape (N, 2).
        found_scores: Their scores, shape (N,).
        found_labels: Their classes under the protocol's class rule, shape (N,).
        found_status: A :class:`Status` each, shape (N,).
    """

    videos: int
    truth_video: np.ndarray
    truth_segments: np.ndarray
    truth_labels: np.ndarray
    found_video: np.ndarray
    found_segments: np.ndarray
    found_scores: np.ndarray
    found_labels: np.ndarray
    found_status: np.ndarray

    @property
    def counted(self) -> np.ndarray:
        """Mask of the detections that count, shape (N,)."""
        return self.found_status == Status.COUNTED

    def of_class(self, label: int) -> EventTable:
        """The labels and detections of one class."""
        truth, found = self.truth_labels == label, self.found_labels == label
        return EventTable(
            self.videos,
            self.truth_video[truth],
            self.truth_segments[truth],
            self.truth_labels[truth],
            self.found_video[found],
            self.found_segments[found],
            self.found_scores[found],
            self.found_labels[found],
            self.found_status[found],
        )


def build_event_table(videos: Sequence[VideoResult], protocol: Protocol) -> EventTable:
    """Lay the videos out flat and apply what a protocol says about classes, lengths, top-k and videos.

    Args:
        videos: Videos with their detections; the same name may stand several times.
        protocol: The rules.
    """
    indices = np.arange(len(videos))
    fps = np.array([video.fps for video in videos], dtype=np.float64)
    truth_video = np.repeat(indices, [len(video.labels) for video in videos])
    truth_segments = np.concatenate([np.zeros((0, 2)), *(video.segments for video in videos)])
    truth_labels = np.concatenate([np.zeros(0, np.int64), *(video.labels for video in videos)])
    found = [video.detections for video in videos]
    found_video = np.repeat(indices, [len(one) for one in found])
    found_segments = np.concatenate([np.zeros((0, 2)), *(one.segments for one in found)])
    if protocol.floor_ends:
        found_segments = np.floor(found_segments)
    found_scores = np.concatenate([np.zeros(0), *(one.scores for one in found)])
    found_labels = np.concatenate([np.zeros(0, np.int64), *(one.labels for one in found)])
    if protocol.class_rule == 'by_duration':
        truth_labels = class_by_duration(truth_segments, fps[truth_video])
        found_labels = class_by_duration(found_segments, fps[found_video])

    status = np.full(len(found_video), Status.COUNTED, dtype=np.int64)
    if protocol.length_limits:
        low, high = length_limits_of(fps, protocol)
        lengths = whole_frames(found_segments)
        too = (lengths < low[found_video, found_labels]) | (lengths > high[found_video, found_labels])
        status[too] = Status.LENGTH
    if protocol.top_k is not None:
        # Those that the lengths leave out take no place.
        order = np.lexsort((rank_detections(found_segments, found_scores, found_labels), status, found_video))
        first = np.searchsorted(found_video, indices)
        place = np.arange(len(order)) - first[found_video[order]]
        beyond = order[place >= protocol.top_k]
        status[beyond[status[beyond] == Status.COUNTED]] = Status.BEYOND_TOP_K
    if protocol.videos == 'with_class':
        holds = np.zeros((len(videos), len(CLASSES)), dtype=bool)
        holds[truth_video, truth_labels] = True
        without = ~holds[found_video, found_labels] & (status == Status.COUNTED)
        status[without] = Status.VIDEO_WITHOUT_CLASS
    return EventTable(
        len(videos),
        truth_video,
        truth_segments,
        truth_labels,
        found_video,
        found_segments,
        found_scores,
        found_labels,
        status,
    )


def event_tables(videos: Sequence[VideoResult], protocol: Protocol) -> Iterator[tuple[int, EventTable]]:
    """Tables of the videos in their order, so few in each that memory does not grow with their number.

    Args:
        videos: As of :func:`build_event_table`.
        protocol: The rules.

    Yields:
        Index of the first video of a table, and the table.
    """
    first = size = 0
    for index, video in enumerate(videos):
        size += len(video.detections) + len(video.labels)
        if size >= _EVENTS_PER_TABLE or index + 1 == len(videos):
            yield first, build_event_table(videos[first : index + 1], protocol)
            first, size = index + 1, 0


def class_by_duration(segments: np.ndarray, fps: np.ndarray) -> np.ndarray:
    """ME where the last frame minus the first is at most :data:`ME_SPAN_S`, else MaE; int64, shape (N,)."""
    return np.where(whole_frames(segments) - 1 <= ME_SPAN_S * fps, ME, MAE).astype(np.int64)


def whole_frames(segments: np.ndarray) -> np.ndarray:
    """Lengths in frames, rounded half up, shape (N,): detections need not end on whole frames."""
    return np.floor(segments[:, 1] - segments[:, 0] + 0.5)


def length_limits_of(fps: np.ndarray, protocol: Protocol) -> tuple[np.ndarray, np.ndarray]:
    """Fewest and most frames of each class in videos of these frame rates, shapes (V, 2)."""
    known = np.array([limits.fps for limits in protocol.length_limits])
    nearest = np.abs(np.log(fps[:, None] / known)).argmin(axis=1)
    scale = (fps / known[nearest])[:, None]
    low = np.array([limits.min_frames for limits in protocol.length_limits])[nearest]
    high = np.array([limits.max_frames for limits in protocol.length_limits])[nearest]
    return low * scale, high * scale


def order_detections(segments: np.ndarray, scores: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Indices of the detections by falling score, then start, end, label, shape (N,)."""
    order = np.argsort(-scores, kind='stable')
    ranked = scores[order]
    if (ranked[1:] == ranked[:-1]).any():
        return np.lexsort((labels, segments[:, 1], segments[:, 0], -scores))
    return order


def rank_detections(segments: np.ndarray, scores: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Place of each detection in the order of :func:`order_detections`, shape (N,)."""
    order = order_detections(segments, scores, labels)
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return rank
