"""Where a training window may start and what it shows: pure functions on frame numbers.

A window starts at frame ``start`` and has ``clip_len`` positions, ``frame_interval`` frames apart; it spans
``span = clip_len * frame_interval`` frames, and its instant t is frame ``start + frame_interval * t``.
"""

from __future__ import annotations

import math

import numpy as np

from mmaction_mespot.intervals.grid import frames_to_instants


def visible_segments(
    segments: np.ndarray, start: float, frame_interval: float, clip_len: int, min_visible: float
) -> tuple[np.ndarray, np.ndarray]:
    """Map a video's intervals to the instants of a window.

    Args:
        segments: Intervals ``[start, end)`` in frames, shape (M, 2).
        start: The window's first frame.
        frame_interval: Frames between its positions.
        clip_len: Its number of positions.
        min_visible: Share of an interval that has to lie in the window.

    Returns:
        The intervals that are visible enough, clipped to ``[0, clip_len]``, float32, shape (N, 2); and which
        of the video's intervals they are, bool, shape (M,).
    """
    instants = frames_to_instants(np.asarray(segments, np.float64).reshape(-1, 2), start, frame_interval)
    clipped = np.clip(instants, 0, clip_len)
    length = clipped[:, 1] - clipped[:, 0]
    keep = (length > 0) & (length >= min_visible * (instants[:, 1] - instants[:, 0]) - 1e-9)
    return clipped[keep].astype(np.float32), keep


def last_start(span: float, total_frames: int) -> int:
    """Give the last start of a window that does not leave the video; 0 if the video is shorter."""
    return max(math.floor(total_frames - span), 0)


def event_starts(segment: np.ndarray, span: float, total_frames: int) -> tuple[int, int]:
    """Give the first and last start of the windows that show the whole event.

    If the event is longer than a window, those that lie within it.
    """
    low, high = sorted((math.ceil(segment[1] - span), math.floor(segment[0])))
    last = last_start(span, total_frames)
    return min(max(low, 0), last), min(max(high, 0), last)


def free_starts(segments: np.ndarray, span: float, total_frames: int) -> list[tuple[int, int]]:
    """Give the ranges (first and last start) of the windows that touch no event."""
    ranges, low, last = [], 0, last_start(span, total_frames)
    for event_start, event_end in sorted(map(tuple, np.asarray(segments).reshape(-1, 2))):
        high = min(math.floor(event_start - span), last)
        if high >= low:
            ranges.append((low, high))
        low = max(low, math.ceil(event_end))
    if low <= last:
        ranges.append((low, last))
    return ranges
