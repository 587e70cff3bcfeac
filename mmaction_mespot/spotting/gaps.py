"""Gaps in a recording: stretches without a frame, and the intervals that lie across one."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mmaction_mespot.spotting.result import Interval

GAP_FRAMES = 3.0
"""Steps of the nominal rate between two frames from which on a gap is noted."""
GAP_S = 0.15
"""Seconds between two frames from which on a gap is noted; an ME of 0.2 s could lie in it unseen."""
ME_LIMIT_S = 0.5
NAMED_GAPS = 5


@dataclass(frozen=True)
class Gap:
    """Two neighbouring frames that are far apart.

    Attributes:
        before: Frame before the gap, from 0; the next one follows it.
        start_s: Its time stamp, seconds.
        end_s: Time stamp of the next frame.
    """

    before: int
    start_s: float
    end_s: float


class GapFinder:
    """Finds the gaps between the time stamps of a video's frames.

    Args:
        fps: The nominal frames per second.
    """

    def __init__(self, fps: float) -> None:
        self.gaps: list[Gap] = []
        self._limit_s = max(GAP_S, GAP_FRAMES / fps)
        self._last_s: float | None = None

    def push(self, index: int, time_s: float) -> None:
        """Take the next frame."""
        if self._last_s is not None and time_s - self._last_s > self._limit_s:
            self.gaps.append(Gap(index - 1, self._last_s, time_s))
        self._last_s = time_s

    def notes(self) -> list[str]:
        """One line about the gaps, or none."""
        if not self.gaps:
            return []
        named = ', '.join(f'{gap.start_s:.2f}-{gap.end_s:.2f} s' for gap in self.gaps[:NAMED_GAPS])
        more = f' and {len(self.gaps) - NAMED_GAPS} more' if len(self.gaps) > NAMED_GAPS else ''
        return [f'no frames during {named}{more}: nothing is known about these stretches']

    def mark(self, interval: Interval) -> Interval:
        """The interval with what a reader should know: a gap inside, an open end, an ME that is too long."""
        notes = [
            f'across a gap of {gap.end_s - gap.start_s:.2f} s'
            for gap in self.gaps
            if interval.onset <= gap.before < interval.offset
        ]
        if interval.open:
            ends = 'onset and offset lie' if interval.open == 'both' else f'{interval.open} lies'
            notes.append(f'open: its {ends} outside of what was seen')
        length_s = interval.offset_s - interval.onset_s
        if interval.label == 1 and length_s > ME_LIMIT_S:
            notes.append(f'ME of {length_s:.2f} s, longer than {ME_LIMIT_S} s')
        return replace(interval, note='; '.join(notes))
