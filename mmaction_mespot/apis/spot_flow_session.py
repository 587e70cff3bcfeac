"""A flow spotter on a video that comes in frame by frame."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np

from mmaction_mespot.intervals.detections import Detections
from mmaction_mespot.intervals.window_candidates import WindowCandidates

WINDOW_S, STRIDE_S = 60.0, 30.0
"""Length and distance of the stretches that a flow spotter sees at once: long enough for its estimate of the
face's own noise, short enough that the memory does not grow with the video."""


class Spots(Protocol):
    """What is needed of a flow spotter."""

    def spot(self, flow: np.ndarray, fps: float, gap: int) -> Detections:
        """Find the candidates in flow (n, ..., 2)."""
        ...


class FlowSession:
    """Run a flow spotter over stretches of a minute, half-overlapping; the last one ends with the video.

    A video of at most a minute is seen as a whole. Speaks like the streaming network: frames in, windows out.

    Args:
        spotter: The spotter.
        stream: Name of the flow that it takes, such as ``flow_roi``.
        fps: Frames a second.
        gap: Frames between the two pictures of a flow field.
    """

    def __init__(self, spotter: Spots, stream: str, fps: float, gap: int) -> None:
        self.spotter, self.stream, self.fps, self.gap = spotter, stream, fps, gap
        self.window, self.stride = round(WINDOW_S * fps), round(STRIDE_S * fps)
        self._held: list[np.ndarray] = []
        self._first = 0
        self._seen_to = 0

    def push(self, streams: Mapping[str, Any]) -> list[WindowCandidates]:
        """Take the next frame's flow (..., 2); give the window that it completes, if any."""
        self._held.append(np.asarray(streams[self.stream], dtype=np.float32))
        if len(self._held) < self.window:
            return []
        found = self._spot()
        del self._held[: self.stride]
        self._first += self.stride
        return [found]

    def finish(self) -> list[WindowCandidates]:
        """Give the last window, if frames came after the one before."""
        total = self._first + len(self._held)
        return [self._spot()] if total > self._seen_to else []

    def _spot(self) -> WindowCandidates:
        found = self.spotter.spot(np.stack(self._held), self.fps, self.gap)
        end = self._first + len(self._held)
        self._seen_to = end
        shifted = Detections(found.segments + self._first, found.scores, found.labels)
        return WindowCandidates(shifted, self._first, end)
