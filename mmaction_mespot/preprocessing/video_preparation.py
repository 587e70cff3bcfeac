"""One video from frames to aligned crops and optical flow, in constant memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from mmaction_mespot.atomic_file import remove, remove_temporaries
from mmaction_mespot.contained import path_inside

from .faces import FaceTracker, map_points, smoothed_similarities, warp
from .faces.regions import grid_means, region_means, rest_motion
from .flow import compute_flows
from .preparation_settings import GRID_CELLS, PICTURE_STREAMS, STREAMS, PreparationSettings
from .store.face_file import write_face_file
from .store.manifest import file_record
from .store.rawframes_writer import RawframesWriter
from .store.store_writer import StreamWriter
from .video.image_frames import open_frames


def flow_pair(index: int, gap: int, total_frames: int) -> tuple[int, int]:
    """The two frames whose motion is entry ``index`` of a flow stream; their middle is the entry's frame.

    Returns:
        ``max(index - gap // 2, 0)`` and ``min(index - gap // 2 + gap, total_frames - 1)``.
    """
    return max(index - gap // 2, 0), min(index - gap // 2 + gap, total_frames - 1)


def stream_flow(stream: str, flow: np.ndarray, landmarks: np.ndarray) -> np.ndarray:
    """What a flow stream stores of a flow.

    Args:
        stream: ``flow``, ``flow_grid`` or ``flow_roi``.
        flow: (S, S, 2) float32 px.
        landmarks: (468, 2 or more) in px of the crop.

    Returns:
        The flow itself, its means on the grid (12, 12, 2), or those of the regions (14, 2).
    """
    if stream == 'flow_grid':
        return grid_means(flow, GRID_CELLS)
    return region_means(flow, landmarks) if stream == 'flow_roi' else flow


def prepare_video(
    video: dict[str, Any],
    source_root: str | Path,
    out: str | Path,
    settings: PreparationSettings,
    tracker: FaceTracker,
    on_frame: Callable[[], None] = lambda: None,
) -> dict[str, Any]:
    """Track the face of a video, align it, compute the flow, and write the streams.

    Two passes over the frames: every few for the face, then all; ``gap + 1`` crops are in memory at a time.
    Each file appears whole or not at all, and the same frames give the same bytes.

    Args:
        video: Annotation entry.
        source_root: Folder that its ``frame_dir`` or ``video`` is relative to.
        out: The prepared folder: writes ``<stream>/<video_id>.h5`` and ``faces/<video_id>.h5``; in the format
            ``'rawframes'`` the folder ``rawframes/<video_id>`` in place of ``rgb`` and ``flow``.
        settings: What to write.
        tracker: The face tracker of this process.
        on_frame: Called after each finished frame. Defaults to nothing.

    Returns:
        The video's record for the manifest.

    Raises:
        FrameError: A frame is missing or damaged.
        NoFaceError: No frame shows a face.
    """
    out, video_id = Path(out), video['video_id']
    frames = open_frames(video, source_root)
    parameters = settings.parameters(video, frames.fingerprint())
    for path in _paths(out, video_id, (*STREAMS, 'rawframes', 'faces')).values():
        remove_temporaries(path)
        remove(path)  # of a run that ended before its record
    track = tracker.track(frames, video['fps'], name=video_id)
    matrices = smoothed_similarities(
        track.points, settings.crop_size, video['fps'], track.frames, len(frames)
    )
    gap = settings.gap(video['fps'])
    with ExitStack() as stack:
        sinks, paths = _open_streams(out, video, settings, stack)
        crops = _crops(frames, matrices, settings.crop_size, sinks.pop('rgb', None), on_frame)
        if not sinks:
            for _ in crops:
                pass
        else:
            for start, flow in _flows(
                crops, gap, len(frames), settings.flow_method, settings.device, settings.flow_batch
            ):
                _append(sinks, flow, map_points(track.at(start), matrices[start]))
    paths |= _paths(out, video_id, ('faces',))
    write_face_file(paths['faces'], track, matrices)
    files = {path.relative_to(out).as_posix(): file_record(path) for path in sorted(paths.values())}
    return {'parameters': parameters, 'files': files, 'notes': list(track.notes)}


def _paths(out: Path, video_id: str, names: Sequence[str]) -> dict[str, Path]:
    files = {name: f'{name}/{video_id}' + ('' if name == 'rawframes' else '.h5') for name in names}
    return {name: path_inside(out, file, f'video {video_id}') for name, file in files.items()}


def _open_streams(
    out: Path, video: dict[str, Any], settings: PreparationSettings, stack: ExitStack
) -> tuple[dict[str, Callable[..., None]], dict[str, Path]]:
    """Where each stream's frames go, and the files that come of it."""
    attrs = {'fps': float(video['fps']), 'crop_size': settings.crop_size}
    flow_attrs = {**attrs, 'gap': settings.gap(video['fps']), 'method': settings.flow_method}
    sinks: dict[str, Callable[..., None]] = {}
    names = list(settings.streams)
    if settings.format == 'rawframes':
        names = ['rawframes', *(name for name in names if name not in PICTURE_STREAMS)]
    paths = _paths(out, video['video_id'], names)
    for name, path in paths.items():
        if name == 'rawframes':
            pictures = stack.enter_context(RawframesWriter(path, settings.flow_bound, flow_attrs))
            written: dict[str, Callable[..., None]]
            written = {'rgb': pictures.append_rgb, 'flow': pictures.append_flow}
            sinks |= {stream: written[stream] for stream in PICTURE_STREAMS if stream in settings.streams}
            continue
        stream_attrs = attrs if name == 'rgb' else flow_attrs
        writer = StreamWriter(path, name, settings.frame_shape(name), stream_attrs)
        sinks[name] = stack.enter_context(writer).append
    return sinks, paths


def _crops(
    frames: Sequence[np.ndarray],
    matrices: np.ndarray,
    size: int,
    write: Callable[..., None] | None,
    on_frame: Callable[[], None],
) -> Iterator[np.ndarray]:
    """Grey crops (S, S) uint8 of all frames, the coloured ones written on the way."""
    for index, matrix in enumerate(matrices):
        crop = warp(frames[index], matrix, size)
        if write is not None:
            write(crop)
        yield cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)
        on_frame()


def _flows(
    crops: Iterator[np.ndarray],
    gap: int,
    total_frames: int,
    method: str,
    device: str = 'cpu',
    batch: int = 32,
) -> Iterator[tuple[int, np.ndarray]]:
    """First frame and flow of each entry, in order; on the GPU ``batch`` pairs are read ahead."""
    flows = compute_flows(_pairs(crops, gap, total_frames), method, device, batch)
    for entry, flow in enumerate(flows):
        yield flow_pair(entry, gap, total_frames)[0], flow


def _pairs(
    crops: Iterator[np.ndarray], gap: int, total_frames: int
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The two crops of each entry, in order, with only the crops in memory that are still needed."""
    held: dict[int, np.ndarray] = {}
    entry = 0
    for index, crop in enumerate(crops):
        held[index] = crop
        while entry < total_frames and flow_pair(entry, gap, total_frames)[1] <= index:
            start, end = flow_pair(entry, gap, total_frames)
            yield held[start], held[end]
            entry += 1
            oldest = flow_pair(entry, gap, total_frames)[0]
            for passed in [held_index for held_index in held if held_index < oldest]:
                del held[passed]


def _append(sinks: dict[str, Callable[..., None]], flow: np.ndarray, landmarks: np.ndarray) -> None:
    rest = rest_motion(flow, landmarks)
    for stream, write in sinks.items():
        write(stream_flow(stream, flow, landmarks), rest)
