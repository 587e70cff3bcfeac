"""A constant frame rate out of time stamps."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from statistics import median

from mmaction_mespot.errors import MESpotError

from .frame import TimedFrame

_RECENT_INTERVALS = 31


def working_fps(nominal: float, target_fps: float | None) -> float:
    """Frame rate to work at: the video's own, or a whole fraction of it that is nearest to the model's.

    A whole fraction keeps the frames evenly spaced: 60 and 240 become 30 for a model of 30, 50 becomes 25, 25
    and 40 stay.

    Args:
        nominal: The video's frames per second.
        target_fps: Positions per second of the model; None for one that takes every rate.

    Raises:
        MESpotError: A rate is not positive.
    """
    if not nominal > 0 or (target_fps is not None and not target_fps > 0):
        raise MESpotError(f'frame rates must be positive, found {nominal:g} and {target_fps}')
    return nominal if target_fps is None else nominal / max(1, round(nominal / target_fps))


def resample(frames: Iterable[TimedFrame], fps: float) -> Iterator[TimedFrame]:
    """Bring frames onto a grid of constant rate by their time stamps.

    Position j shows the frame that is on screen at ``j / fps``; one that appears up to half an interval
    between frames later counts already, so that jitter of the time stamps neither repeats nor drops frames.
    Frames are repeated and dropped where the rates differ; one source frame is held.

    Args:
        frames: Frames with rising times, the first at or near 0.
        fps: Positions per second.

    Yields:
        The frame at each position, with its own index and time in the source.
    """
    intervals: deque[float] = deque(maxlen=_RECENT_INTERVALS)
    tolerance = 0.5 / fps
    shown: TimedFrame | None = None
    position = 0
    for frame in frames:
        if shown is not None:
            intervals.append(frame.time_s - shown.time_s)
            tolerance = min(1 / fps, median(intervals)) / 2
            while position / fps < frame.time_s - tolerance:
                yield shown
                position += 1
        shown = frame
    if shown is not None and position / fps < shown.time_s + tolerance:
        yield shown
