"""Time stamps that rise."""

from __future__ import annotations

_LONGEST_STEP_S = 60.0
_LONGEST_STEP_BACK_S = 1.0
_LEAST_STEP = 1e-3


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
