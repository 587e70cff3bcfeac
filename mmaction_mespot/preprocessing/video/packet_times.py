"""Times of the frames of a video file: read from its packets without decoding, and made to rise."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .container_file import open_container, read_packets
from .frame import VideoError

_PAUSE_S = 10.0
_CUT_FRACTION = 0.01
_SAME_FRAMES = 0.1
_PLAUSIBLE_FPS = (1.0, 1000.0)
_DEFAULT_FPS = 25.0
_LONGEST_STEP_S = 60.0
_LONGEST_STEP_BACK_S = 1.0
_LEAST_STEP = 1e-3


@dataclass(frozen=True)
class PacketTimes:
    """Number and times of a file's frames.

    Attributes:
        count: Frames.
        fps: Frames over duration without pauses of more than 10 s; where that is less than half the usual
            rate of neighbouring frames, that rate.
        usual_intervals: 5th and 95th percentile of the times between frames in s.
        cut_off: What is missing at the end, if the header promises more; else None.
    """

    count: int
    fps: float
    usual_intervals: tuple[float, float]
    cut_off: str | None

    @classmethod
    def read(cls, path: Path) -> PacketTimes:
        """Go through the packets of a file.

        Raises:
            VideoError: It is no video, or holds no frame.
        """
        container, stream = open_container(path)
        with container:
            stamps, count = array('d'), 0
            for packet in read_packets(container, stream):
                if packet is None or not packet.size:
                    continue
                count += 1
                stamp = packet.pts if packet.pts is not None else packet.dts
                if stamp is not None and packet.time_base:
                    stamps.append(float(stamp * packet.time_base))
            if not count:
                raise VideoError(f'{path}: holds no frame')
            times = np.sort(np.asarray(stamps))
            promised = max(int(stream.frames), 0)
            promised_s = container.duration / 1e6 if container.duration else 0.0
            header_fps = float(stream.average_rate or stream.guessed_rate or 0)
        intervals = np.diff(times)
        intervals = intervals[intervals <= _PAUSE_S]
        usual = np.percentile(intervals, [5, 95]) if len(intervals) else np.zeros(2)
        span = float(times[-1] - times[0]) if len(times) else 0.0
        return cls(
            count,
            _rate(intervals, header_fps),
            (float(usual[0]), float(usual[1])),
            _cut_off(count, promised, span, promised_s),
        )


def _rate(intervals: np.ndarray, header_fps: float) -> float:
    """Frames over duration; the header's rate where it says the same, or where the stamps say nothing."""
    mean, median = (_inverse(of(intervals)) if len(intervals) else 0.0 for of in (np.mean, np.median))
    if abs(header_fps * float(intervals.sum()) - len(intervals)) < _SAME_FRAMES:
        mean = header_fps
    # A few long pauses, or damaged stamps, say nothing about the rest.
    for fps in (mean if mean > median / 2 else median, median, header_fps):
        if _PLAUSIBLE_FPS[0] <= fps <= _PLAUSIBLE_FPS[1]:
            return fps
    return _DEFAULT_FPS


def _inverse(interval: np.floating) -> float:
    return 1 / float(interval) if interval > 0 else 0.0


def _cut_off(count: int, promised: int, span: float, promised_s: float) -> str | None:
    if promised:
        short = promised - count > max(2, _CUT_FRACTION * promised)
        return f'{count} of {promised} frames are there' if short else None
    short = promised_s - span > max(1.0, _CUT_FRACTION * promised_s)
    return f'the frames end after {span:.1f} of {promised_s:.1f} s' if short else None


class FrameClock:
    """Turn the time stamps of a file into times that begin at 0 and rise strictly.

    Args:
        fps: Nominal frame rate.
        fixed: Whether to count frames and pass over the time stamps.
    """

    def __init__(self, fps: float, fixed: bool) -> None:
        self._interval = 1 / fps
        self._fixed = fixed
        self._offset: float | None = None
        self._count = 0
        self._last = 0.0

    def time(self, stamp: float | None) -> tuple[float, bool]:
        """Time of the next frame.

        Args:
            stamp: Its time stamp in seconds, if it has one.

        Returns:
            The time in seconds; and whether the stamps jump here, by more than a minute ahead or a second
            back: such a jump is damage, not a time without frames, and is evened out.
        """
        first, index, self._count = self._count == 0, self._count, self._count + 1
        if self._fixed:
            return index * self._interval, False
        if first:
            self._offset = stamp
            return 0.0, False
        following = self._last + self._interval
        if stamp is None:
            self._last = following
            return following, False
        if self._offset is None:
            self._offset = stamp - following
        time = stamp - self._offset
        jumped = not -_LONGEST_STEP_BACK_S <= time - self._last <= _LONGEST_STEP_S
        if jumped:
            self._offset = stamp - following
            time = following
        self._last = max(time, self._last + _LEAST_STEP * self._interval)
        return self._last, jumped
