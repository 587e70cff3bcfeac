"""Intervals of a video as soon as no later window can change them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from mmaction_mespot.intervals.detections import Detections
from mmaction_mespot.intervals.postprocess import (
    PostProcessing,
    WindowCandidates,
    apply_thresholds,
    merge_windows,
)

_ENDLESS = 2**53
"""Frames of a video whose end is not known yet."""


class IntervalStream:
    """Merge windows while they come in; what is given out equals the merging of the whole video.

    All the merging is :func:`merge_windows`; this class only knows which candidates it may be given early:

    - A candidate below the threshold of **every** class changes nothing that is kept, since a lower score
      never suppresses a higher one: it is dropped at once. (Not with weighted NMS, which averages over it.)
    - Candidates that overlap, directly or through others, are one group; groups do not touch each other.
    - A window that is still to come starts at or after the newest one. A candidate of it that is trusted has
      its centre, and so its end, behind that start, and begins at most the length of the longest candidate
      before it. A group that ends earlier is final.

    The newest window may turn out to be the last one of the video, whose end is trusted; so it is merged when
    the next one comes. The limits `pre_nms_top_k` and `max_per_video` count over a whole video and are not
    applied.

    Args:
        fps: Frames per second of the candidates' frames.
        thresholds: Score threshold per class.
        post_processing: Settings of the merging.
    """

    def __init__(self, fps: float, thresholds: Sequence[float], post_processing: PostProcessing) -> None:
        self.fps = fps
        self.thresholds = list(thresholds)
        self.post_processing = unlimited(post_processing)
        weighted = post_processing.nms_mode == 'weighted'
        self._floor = -np.inf if weighted else min(self.thresholds)
        self._longest = max(post_processing.max_length_s) * fps
        self._windows: list[WindowCandidates] = []

    @property
    def open_from(self) -> float:
        """Position before which no interval can start any more that was not given out yet."""
        if not self._windows:
            return 0.0
        starts = [window.detections.segments[:, 0].min(initial=np.inf) for window in self._windows]
        return float(min(self._windows[-1].start - self._longest, *starts))

    def push(self, window: WindowCandidates) -> Detections:
        """Take the next window, by rising start.

        Returns:
            The intervals that have become final, by start.
        """
        final = self._final(window.start) if self._windows else Detections.empty()
        kept = window.detections[window.detections.scores >= self._floor]
        self._windows.append(WindowCandidates(kept, window.start, window.end))
        return final

    def finish(self, total_frames: int) -> Detections:
        """Take the end of the video.

        Returns:
            All remaining intervals, by start.
        """
        windows, self._windows = self._windows, []
        return self._merge(windows, total_frames)

    def _final(self, next_start: float) -> Detections:
        """Take out the groups that no window from `next_start` on can reach."""
        segments = np.concatenate([window.detections.segments for window in self._windows])
        ended = group_ends(segments) <= next_start - self._longest
        done, rest, position = [], [], 0
        for window in self._windows:
            own = ended[position : position + len(window.detections)]
            position += len(own)
            done.append(WindowCandidates(window.detections[own], window.start, window.end))
            rest.append(WindowCandidates(window.detections[~own], window.start, window.end))
        pending = segments[~ended].mean(axis=1).min(initial=np.inf)
        # A window that ends before all pending candidates and the next window is the best view of nothing.
        self._windows = [w for w in rest if len(w.detections) or w.end >= min(pending, next_start)]
        return self._merge(done, _ENDLESS) if ended.any() else Detections.empty()

    def _merge(self, windows: list[WindowCandidates], total_frames: int) -> Detections:
        merged = merge_windows(windows, self.fps, total_frames, self.post_processing)
        kept = apply_thresholds(merged, self.thresholds)
        return kept[np.lexsort((kept.segments[:, 1], kept.segments[:, 0]))]


def unlimited(post_processing: PostProcessing) -> PostProcessing:
    """The settings without the limits on the number of candidates, which are meant for videos of minutes."""
    return replace(post_processing, pre_nms_top_k=_ENDLESS, max_per_video=_ENDLESS)


def group_ends(segments: np.ndarray) -> np.ndarray:
    """The end of the group that each interval belongs to; intervals that overlap are in one group.

    Args:
        segments: Half-open intervals, (N, 2).

    Returns:
        float64, (N,).
    """
    ends = np.empty(len(segments))
    order = np.argsort(segments[:, 0], kind='stable')
    reached = np.maximum.accumulate(segments[order, 1]) if len(order) else ends
    begins = np.ones(len(order), dtype=bool)
    begins[1:] = segments[order[1:], 0] >= reached[:-1]
    group = np.cumsum(begins) - 1
    last = np.append(np.flatnonzero(begins)[1:], len(order)) - 1
    ends[order] = reached[last[group]] if len(order) else []
    return ends
