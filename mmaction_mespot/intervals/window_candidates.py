"""The raw candidates of one window of a long video."""

from __future__ import annotations

from dataclasses import dataclass

from mmaction_mespot.intervals.detections import Detections


@dataclass(frozen=True)
class WindowCandidates:
    """What a spotter found in one window.

    Attributes:
        detections: Candidates in the **video's** frames.
        start: Frame at which the window starts.
        end: Frame at which it ends (exclusive), ``start + clip_len * frame_interval``.

    Raises:
        ValueError: If the window is empty.
    """

    detections: Detections
    start: float
    end: float

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError(f'a window must end after its start, found [{self.start}, {self.end})')
