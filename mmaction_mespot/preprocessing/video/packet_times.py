"""Times of the frames of a video file: read from its packets without decoding, and made to rise."""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from .container_file import open_container, read_packets
from .frame import VideoError

_PAUSE_S = 10.0
_CUT_FRACTION = 0.01
_SAME_FRAMES = 0.1
_PLAUSIBLE_FPS = (1.0, 1000.0)
_DEFAULT_FPS = 25.0
_PART_STEP_BACK_S = 0.1
_BARE_STREAMS = ('h264', 'hevc', 'm4v', 'mpegvideo', 'mjpeg', 'obu')
_PLAUSIBLE_ASPECT = (0.1, 10.0)
_SQUARE_ENOUGH = 0.005
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
        pixel_aspect: Width over height of a pixel.
        rate_assumed: Whether the file says nothing about times (a bare stream without a container).
    """

    count: int
    fps: float
    usual_intervals: tuple[float, float]
    cut_off: str | None
    pixel_aspect: Fraction = Fraction(1)
    rate_assumed: bool = False

    @classmethod
    def read(cls, path: Path) -> PacketTimes:
        """Go through the packets of a file.

        Raises:
            VideoError: It is no video, or holds no frame.
        """
        container, stream = open_container(path)
        with container:
            stamps, count, parts, last_dts = array('d'), 0, [0], -math.inf
            for packet in read_packets(container, stream):
                if packet is None or not packet.size:
                    continue
                count += 1
                stamp = packet.pts if packet.pts is not None else packet.dts
                if stamp is not None and packet.time_base:
                    if packet.dts is not None:
                        # The order of decoding never goes back within a recording, as that of showing does.
                        if packet.dts * packet.time_base < last_dts - _PART_STEP_BACK_S:
                            parts.append(len(stamps))
                        last_dts = float(packet.dts * packet.time_base)
                    stamps.append(float(stamp * packet.time_base))
            if not count:
                raise VideoError(f'{path}: holds no frame')
            recordings = [np.sort(part) for part in np.split(np.asarray(stamps), parts[1:])]
            promised = max(int(stream.frames), 0)
            promised_s = container.duration / 1e6 if container.duration else 0.0
            header_fps = float(stream.average_rate or stream.guessed_rate or 0)
            aspect = stream.sample_aspect_ratio or stream.codec_context.sample_aspect_ratio
            bare = container.format.name in _BARE_STREAMS
        intervals = np.concatenate([np.diff(times) for times in recordings])
        intervals = intervals[intervals <= _PAUSE_S]
        usual = np.percentile(intervals, [5, 95]) if len(intervals) else np.zeros(2)
        span = sum(float(times[-1] - times[0]) for times in recordings if len(times))
        return cls(
            count,
            _rate(intervals, header_fps),
            (float(usual[0]), float(usual[1])),
            _cut_off(count, promised, span, promised_s),
            _pixel_aspect(aspect),
            bare,
        )


def _pixel_aspect(stated: Fraction | None) -> Fraction:
    """What a file says of its pixels; 1 where that is nothing, or beyond belief."""
    if not stated or not _PLAUSIBLE_ASPECT[0] <= stated <= _PLAUSIBLE_ASPECT[1]:
        return Fraction(1)
    return Fraction(1) if abs(stated - 1) < _SQUARE_ENOUGH else Fraction(stated)


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
