from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from mmaction_mespot.intervals.detections import Detections
from mmaction_mespot.spotting.flow_session import FlowSession


class Echo:
    """Finds one interval, at the frame whose flow says so."""

    def __init__(self) -> None:
        self.lengths: list[int] = []

    def __call__(self, streams: Mapping[str, np.ndarray]) -> Detections:
        flow = streams['flow_roi']
        self.lengths.append(len(flow))
        at = np.flatnonzero(flow[:, 0, 0])
        return Detections(np.stack([at, at + 5], 1), np.full(len(at), 0.5), np.zeros(len(at)))


def windows_of(frames: int, marked: tuple[int, ...], fps: float = 2.0) -> tuple[list, Echo]:
    spotter = Echo()
    session = FlowSession(spotter, ('flow_roi',), fps)
    windows = []
    for index in range(frames):
        flow = np.zeros((14, 2))
        flow[0, 0] = index in marked
        windows += session.push({'flow_roi': flow})
    return windows + session.finish(), spotter


def test_a_short_video_is_seen_as_a_whole() -> None:
    windows, spotter = windows_of(100, (40,))
    assert [(w.start, w.end) for w in windows] == [(0, 100)]
    assert windows[0].detections.segments.tolist() == [[40, 45]]
    assert spotter.lengths == [100]
    assert [(w.start, w.end) for w in windows_of(120, ())[0]] == [(0, 120)]


def test_a_long_video_is_seen_in_overlapping_minutes_in_its_own_frames() -> None:
    windows, _ = windows_of(250, (70, 200))
    assert [(w.start, w.end) for w in windows] == [(0, 120), (60, 180), (120, 240), (180, 250)]
    starts = [w.detections.segments[:, 0].tolist() for w in windows]
    assert starts == [[70], [70], [200], [200]]


def test_no_frame_no_window() -> None:
    assert windows_of(0, ())[0] == []
