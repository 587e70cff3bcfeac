"""The events of a video, and random training windows that are balanced between those with and without."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mmaction_mespot.datasets.window_geometry import event_starts, free_starts, last_start
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.detections import CLASSES
from mmaction_mespot.intervals.frame_grid import FrameGrid, grid_of

KINDS = (*CLASSES, 'none')
"""Kinds of training windows: around a MaE, around an ME, without any event."""


class WindowSampler:
    """Draws windows so that each epoch has its share of every kind.

    Args:
        videos: The videos.
        weights: Share of each of `KINDS`; they need not sum to 1. A kind without any event gets none.

    Attributes:
        shares: Share of each kind as it came out, summing to 1.

    Raises:
        MESpotError: If a kind is unknown or missing, a weight is negative, or no kind is left.
    """

    def __init__(self, videos: Sequence[VideoEvents], weights: Mapping[str, float]) -> None:
        if set(weights) != set(KINDS) or min(weights.values()) < 0:
            raise MESpotError(
                f'balance needs a weight >= 0 for each of {", ".join(KINDS)}, found {dict(weights)}'
            )
        self._videos = videos
        self._events = [
            [(v, e) for v, video in enumerate(videos) for e in np.flatnonzero(video.labels == label)]
            for label in range(len(CLASSES))
        ]
        present = [
            float(weights[name]) * bool(events) for name, events in zip(CLASSES, self._events, strict=True)
        ]
        shares = np.array([*present, float(weights['none'])])
        if shares.sum() <= 0:
            counts = {name: len(events) for name, events in zip(CLASSES, self._events, strict=True)}
            raise MESpotError(
                f'no kind of window is left: balance is {dict(weights)}, the videos hold {counts}'
            )
        self.shares: dict[str, float] = dict(zip(KINDS, shares / shares.sum(), strict=True))

    def kind(self, position: int, length: int) -> str:
        """Give the kind of an epoch's i-th window: consecutive blocks in proportion to the shares."""
        borders = np.cumsum(list(self.shares.values()))
        return KINDS[min(int(np.searchsorted(borders, (position + 0.5) / length)), len(KINDS) - 1)]

    def draw(self, kind: str, clip_len: int, intervals: Sequence[float]) -> tuple[int, int]:
        """Draw a window from `numpy.random`.

        Args:
            kind: One of `KINDS`.
            clip_len: Positions of the window.
            intervals: Frames between its positions, for each video.

        Returns:
            Index of the video, and the window's first frame. A window around an event shows all of it, at an
            even chance for each place; where no video has an event-free stretch of a window's length, a
            window without events is any window.
        """
        if kind != 'none':
            events = self._events[CLASSES.index(kind)]
            index, event = events[np.random.randint(len(events))]
            video = self._videos[index]
            low, high = event_starts(video.segments[event], clip_len * intervals[index], video.total_frames)
            return index, int(np.random.randint(low, high + 1))
        order = np.random.permutation(len(self._videos))
        for index in order:
            video = self._videos[index]
            ranges = free_starts(video.segments, clip_len * intervals[index], video.total_frames)
            if ranges:
                lengths = np.array([high - low + 1 for low, high in ranges])
                low, high = ranges[np.random.choice(len(ranges), p=lengths / lengths.sum())]
                return int(index), int(np.random.randint(low, high + 1))
        index = int(order[0])
        last = last_start(clip_len * intervals[index], self._videos[index].total_frames)
        return index, int(np.random.randint(last + 1))


@dataclass(frozen=True)
class VideoEvents:
    """Length, rate and ground truth of a long video, as its prepared streams have them.

    Attributes:
        total_frames: Entries of its streams: frames, or positions of the working grid where they differ.
        fps: Entries per second.
        segments: Intervals ``[start, end)`` in entries, shape (M, 2); int64, on a grid float64.
        labels: Their classes, int64, shape (M,).
        grid: Where the entries lie in the video's own frames; None where they are the frames.
    """

    total_frames: int
    fps: float
    segments: np.ndarray
    labels: np.ndarray
    grid: FrameGrid | None = None

    @property
    def video_fps(self) -> float:
        """Frames per second of the video itself."""
        return self.fps if self.grid is None else self.grid.video_fps

    @classmethod
    def from_annotation(cls, video: Mapping[str, Any]) -> VideoEvents:
        """Read an entry of an annotation file's ``data_list``."""
        instances, grid = video['instances'], grid_of(video)
        segments = np.array([item['segment'] for item in instances], np.int64).reshape(-1, 2)
        labels = np.array([item['label'] for item in instances], np.int64)
        if grid is None:
            return cls(video['total_frames'], float(video['fps']), segments, labels)
        return cls(grid.positions, grid.fps, grid.intervals_to_positions(segments), labels, grid)
