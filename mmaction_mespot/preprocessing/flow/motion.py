"""Optical flow of aligned crops, frame by frame, in one pass."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterable, Iterator, Sequence

import cv2
import numpy as np

from mmaction_mespot.preprocessing.faces import rest_motion
from mmaction_mespot.preprocessing.faces.shape import shape_points
from mmaction_mespot.preprocessing.flow import compute_flow
from mmaction_mespot.preprocessing.preparation_settings import PreparationSettings
from mmaction_mespot.preprocessing.video_preparation import flow_pair, stream_flow

from ..faces.aligned_frame import AlignedFrame
from .motion_entry import MotionEntry


def motion_stream(
    aligned: Iterable[AlignedFrame],
    fps: float,
    gap: int | None,
    streams: Sequence[str],
    flow_method: str = 'tvl1',
) -> Iterator[MotionEntry]:
    """Compute the streams of each position as the preparation of data sets does, each flow once.

    ``gap + 1`` aligned frames are held. Where a frame between the two images of a flow shows no face, the
    crop may jump: the entry has ``face=False`` and zero flow.

    Args:
        aligned: Every position, in order.
        fps: Positions a second.
        gap: Frames between the two images of a flow; None for as long a time as in prepared data sets.
        streams: What to compute: ``rgb``, ``flow``, ``flow_grid``, ``flow_roi``.
        flow_method: See :func:`compute_flow`. Defaults to 'tvl1'.

    Yields:
        An entry a position, in order.

    Raises:
        ValueError: A stream or the method is unknown, or the gap below 1.
    """
    settings = PreparationSettings(streams=tuple(streams), flow_method=flow_method, flow_gap=gap)
    gap = settings.gap(fps)
    held: deque[AlignedFrame] = deque()
    greys: deque[np.ndarray] = deque()
    position = total = 0
    for frame in aligned:
        held.append(frame)
        greys.append(cv2.cvtColor(frame.crop, cv2.COLOR_RGB2GRAY))
        total += 1
        while flow_pair(position, gap, sys.maxsize)[1] < total:
            yield _entry(held, greys, position, flow_pair(position, gap, sys.maxsize), settings)
            position += 1
            while held[0].position < flow_pair(position, gap, sys.maxsize)[0]:
                held.popleft()
                greys.popleft()
    for rest in range(position, total):
        yield _entry(held, greys, rest, flow_pair(rest, gap, total), settings)


def _entry(
    held: deque[AlignedFrame],
    greys: deque[np.ndarray],
    position: int,
    pair: tuple[int, int],
    settings: PreparationSettings,
) -> MotionEntry:
    base = held[0].position
    first, last = pair[0] - base, pair[1] - base
    frame = held[position - base]
    face = all(held[i].face for i in range(first, last + 1))
    flows = [name for name in settings.streams if name != 'rgb']
    streams: dict[str, np.ndarray] = {'rgb': frame.crop} if 'rgb' in settings.streams else {}
    if flows and face:
        flow = compute_flow(greys[first], greys[last], settings.flow_method)
        landmarks = held[first].landmarks
        rest = rest_motion(flow, landmarks)
        for name in flows:
            streams[name] = stream_flow(name, flow, landmarks) - rest
        streams['head_motion'] = rest
    elif flows:
        zero = np.zeros((*frame.crop.shape[:2], 2), np.float32)
        for name in flows:
            streams[name] = stream_flow(name, zero, frame.landmarks)
        streams['head_motion'] = np.zeros(2, np.float32)
    if flows:
        streams['face_shape'] = shape_points(frame.landmarks)
    return MotionEntry(position, frame.source_index, frame.time_s, face, streams)
