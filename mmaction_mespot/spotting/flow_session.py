"""A spotter that sees stretches of a video, on one that comes in frame by frame."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from mmaction_mespot.intervals.detections import Detections, Proposals, WindowCandidates
from mmaction_mespot.intervals.grid import STRETCH_S, STRETCH_STRIDE_S
from mmaction_mespot.spotters.proposals import Choose, take_all

Spot = Callable[[Mapping[str, np.ndarray]], Detections | Proposals]
"""Finds the candidates, or what they are to be chosen from, in the streams of a stretch, each (n, ...)."""


class FlowSession:
    """Run a flow spotter over stretches of a minute, half-overlapping; the last one ends with the video.

    A video of at most a minute is seen as a whole; see :func:`stretches`. Speaks like the streaming network:
    frames in, windows out.

    Args:
        spot: The spotter.
        streams: Names of the streams that it takes, such as ``flow_roi``.
        fps: Frames per second.
        choose: Chooses among proposals. Defaults to :func:`take_all`.
    """

    def __init__(self, spot: Spot, streams: Sequence[str], fps: float, choose: Choose = take_all) -> None:
        self._find, self._streams, self._choose = spot, tuple(streams), choose
        self.window, self.stride = round(STRETCH_S * fps), round(STRETCH_STRIDE_S * fps)
        self._held: list[tuple[np.ndarray, ...]] = []
        self._first = 0
        self._seen_to = 0

    def push(self, streams: Mapping[str, Any]) -> list[WindowCandidates]:
        """Take the next frame's streams; give the window that it completes, if any."""
        self._held.append(tuple(np.asarray(streams[name], dtype=np.float32) for name in self._streams))
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
        arrays = map(np.stack, zip(*self._held, strict=True))
        found = self._find(dict(zip(self._streams, arrays, strict=True)))
        end = self._first + len(self._held)
        self._seen_to = end
        if isinstance(found, Proposals):
            proposals = Proposals(self._shifted(found.detections), found.features)
            return WindowCandidates(self._choose(proposals.detections), self._first, end, proposals)
        return WindowCandidates(self._shifted(found), self._first, end)

    def _shifted(self, found: Detections) -> Detections:
        return Detections(found.segments + self._first, found.scores, found.labels)
