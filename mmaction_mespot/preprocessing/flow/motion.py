"""Optical flow of aligned crops, frame by frame, in one pass."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import cv2
import numpy as np

from mmaction_mespot.preprocessing.faces import head_motion
from mmaction_mespot.preprocessing.faces.face_aligner import AlignedFrame
from mmaction_mespot.preprocessing.faces.patch import face_patch
from mmaction_mespot.preprocessing.faces.regions import grid_means, region_means
from mmaction_mespot.preprocessing.faces.shape import shape_points
from mmaction_mespot.preprocessing.flow.compute import compute_flows
from mmaction_mespot.preprocessing.preparation_settings import GRID_CELLS, PreparationSettings


def flow_pair(index: int, gap: int, total_frames: int) -> tuple[int, int]:
    """The two frames whose motion is entry ``index`` of a flow stream; their middle is the entry's frame.

    Returns:
        ``max(index - gap // 2, 0)`` and ``min(index - gap // 2 + gap, total_frames - 1)``.
    """
    return max(index - gap // 2, 0), min(index - gap // 2 + gap, total_frames - 1)


def stream_flow(stream: str, flow: np.ndarray, landmarks: np.ndarray) -> np.ndarray:
    """What a flow stream holds of a flow.

    Args:
        stream: ``flow``, ``flow_grid``, ``flow_roi`` or ``flow_patch``.
        flow: (S, S, 2) float32 px.
        landmarks: (468, 2 or more) in px of the crop.

    Returns:
        The flow itself, its means on the grid (12, 12, 2), those of the regions (14, 2), or the picture of
        brows and mouth (42, 42, 2).
    """
    if stream == 'flow_grid':
        return grid_means(flow, GRID_CELLS)
    if stream == 'flow_patch':
        return face_patch(flow, landmarks, head_motion(flow, landmarks))
    return region_means(flow, landmarks) if stream == 'flow_roi' else flow


@dataclass(frozen=True)
class _Pair:
    """The position of an entry, and the two crops that its flow lies between.

    Attributes:
        frame: The position.
        first: The earlier of the two.
        greys: Both crops in grey.
        face: Whether all frames from the earlier to the later one show the face.
    """

    frame: AlignedFrame
    first: AlignedFrame
    greys: tuple[np.ndarray, np.ndarray]
    face: bool


def motion_stream(
    aligned: Iterable[AlignedFrame],
    fps: float,
    gap: int | None,
    streams: Sequence[str],
    flow_method: str = 'tvl1',
    remove_head_motion: bool = True,
    device: str = 'cpu',
    flow_batch: int = 32,
) -> Iterator[MotionEntry]:
    """Compute the streams of each position, each flow once: for prepared data sets and for spotting alike.

    ``gap + 1`` aligned frames are held, on a GPU a batch more. Where a frame between the two images of a flow
    shows no face, the crop may jump: the entry has ``face=False`` and zero flow.

    Args:
        aligned: Every position, in order.
        fps: Positions per second.
        gap: Positions between the two images of a flow; None for 4 at 30 fps and as long a time at other
            rates.
        streams: What to compute: ``rgb``, ``flow``, ``flow_grid``, ``flow_roi``, ``flow_patch``,
            ``face_shape``.
        flow_method: See :func:`compute_flow`. Defaults to 'tvl1'.
        remove_head_motion: Subtract the head motion from all flow. Defaults to True.
        device: ``'cpu'``, or ``'cuda'`` for TV-L1 on a GPU. Defaults to 'cpu'.
        flow_batch: Pairs on a GPU at a time. Defaults to 32.

    Yields:
        One entry per position, in order.

    Raises:
        ValueError: A stream or the method is unknown, or the gap below 1.
    """
    settings = PreparationSettings(
        tuple(streams), flow_method=flow_method, flow_gap=gap, device=device, flow_batch=flow_batch
    )
    flows = [name for name in settings.streams if name.startswith('flow')]
    pairs = _pairs(aligned, settings.gap(fps))
    while block := list(islice(pairs, 1 if device == 'cpu' else flow_batch)):
        greys = [pair.greys for pair in block if flows and pair.face]
        computed = compute_flows(greys, flow_method, device, flow_batch)
        for pair in block:
            flow = next(computed) if flows and pair.face else None
            yield _entry(pair, flow, settings.streams, remove_head_motion)


def _pairs(aligned: Iterable[AlignedFrame], gap: int) -> Iterator[_Pair]:
    """The pair of each position, in order; crops that no later pair needs are let go."""
    held: deque[AlignedFrame] = deque()
    greys: deque[np.ndarray] = deque()
    position = total = 0
    for frame in aligned:
        held.append(frame)
        greys.append(cv2.cvtColor(frame.crop, cv2.COLOR_RGB2GRAY))
        total += 1
        while flow_pair(position, gap, sys.maxsize)[1] < total:
            yield _pair(held, greys, position, flow_pair(position, gap, sys.maxsize))
            position += 1
            while held[0].position < flow_pair(position, gap, sys.maxsize)[0]:
                held.popleft()
                greys.popleft()
    for rest in range(position, total):
        yield _pair(held, greys, rest, flow_pair(rest, gap, total))


def _pair(held: deque[AlignedFrame], greys: deque[np.ndarray], position: int, pair: tuple[int, int]) -> _Pair:
    base = held[0].position
    first, last = pair[0] - base, pair[1] - base
    face = all(held[i].face for i in range(first, last + 1))
    return _Pair(held[position - base], held[first], (greys[first], greys[last]), face)


def _entry(
    pair: _Pair, flow: np.ndarray | None, names: Sequence[str], remove_head_motion: bool
) -> MotionEntry:
    """The streams of a position; without a flow, those of a still face."""
    frame = pair.frame
    flows = [name for name in names if name.startswith('flow')]
    streams: dict[str, np.ndarray] = {'rgb': frame.crop} if 'rgb' in names else {}
    landmarks, rest = pair.first.landmarks, np.zeros(2, np.float32)
    if flow is None:
        flow, landmarks = np.zeros((*frame.crop.shape[:2], 2), np.float32), frame.landmarks
    elif flows:
        rest = head_motion(flow, landmarks)
    for name in flows:
        own = stream_flow(name, flow, landmarks)
        streams[name] = own - rest if remove_head_motion else own
    if flows:
        streams['head_motion'] = rest
    if flows or 'face_shape' in names:
        streams['face_shape'] = shape_points(frame.landmarks)
    return MotionEntry(frame.position, frame.source_index, frame.time_s, pair.face, streams)


@dataclass
class MotionEntry:
    """The streams at one position of the working grid.

    Attributes:
        position: Place on the working grid, from 0, without gaps.
        source_index: Number of the frame in the source.
        time_s: Its time in the source in seconds.
        face: Whether there is a face in all frames that the entry is made from. Without, the flow is zero.
        streams: By name: ``rgb`` (S, S, 3) uint8, ``flow`` (S, S, 2), ``flow_grid`` (12, 12, 2), ``flow_roi``
            (14, 2), ``flow_patch`` (42, 42, 2); flow is float32 px of the crop, the head motion removed.
            With any flow, ``head_motion`` (2,) float32 is that motion. With any flow, or if asked for,
            ``face_shape`` (points, 3) float32 are the points of :func:`shape_points`, px of the crop.
    """

    position: int
    source_index: int
    time_s: float
    face: bool
    streams: dict[str, np.ndarray]
