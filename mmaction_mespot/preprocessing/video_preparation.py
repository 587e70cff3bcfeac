"""One video from frames to aligned crops and optical flow, in constant memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from .face_file import write_face_file
from .faces import FaceTracker, map_points, smoothed_similarities, warp
from .faces.regions import grid_means, region_means, rest_motion
from .flow import compute_flow
from .frames import open_frames
from .manifest import file_record
from .preparation_settings import GRID_CELLS, PreparationSettings
from .store_writer import StreamWriter


def flow_pair(index: int, gap: int, total_frames: int) -> tuple[int, int]:
    """The two frames whose motion is entry ``index`` of a flow stream; their middle is the entry's frame.

    Returns:
        ``max(index - gap // 2, 0)`` and ``min(index - gap // 2 + gap, total_frames - 1)``.
    """
    return max(index - gap // 2, 0), min(index - gap // 2 + gap, total_frames - 1)


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
        out: The prepared folder: writes ``<stream>/<video_id>.h5`` and ``faces/<video_id>.h5``.
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
    paths = {name: out / name / f'{video_id}.h5' for name in (*settings.streams, 'faces')}
    for path in paths.values():
        for leftover in path.parent.glob(f'.{path.name}.*.tmp'):
            leftover.unlink()
    track = tracker.track(frames, video['fps'], name=video_id)
    matrices = smoothed_similarities(
        track.points, settings.crop_size, video['fps'], track.frames, len(frames)
    )
    gap = settings.gap(video['fps'])
    attrs = {'fps': float(video['fps']), 'crop_size': settings.crop_size}
    flow_attrs = {**attrs, 'gap': gap, 'method': settings.flow_method}
    with ExitStack() as stack:
        writers = {
            stream: stack.enter_context(
                StreamWriter(
                    paths[stream],
                    stream,
                    settings.frame_shape(stream),
                    attrs if stream == 'rgb' else flow_attrs,
                )
            )
            for stream in settings.streams
        }
        crops = _crops(frames, matrices, settings.crop_size, writers.get('rgb'), on_frame)
        flow_writers = {stream: writer for stream, writer in writers.items() if stream != 'rgb'}
        if not flow_writers:
            for _ in crops:
                pass
        else:
            for start, flow in _flows(crops, gap, len(frames), settings.flow_method):
                _append(flow_writers, flow, map_points(track.at(start), matrices[start]))
    write_face_file(paths['faces'], track, matrices)
    files = {path.relative_to(out).as_posix(): file_record(path) for path in sorted(paths.values())}
    return {'parameters': parameters, 'files': files, 'notes': list(track.notes)}


def _crops(
    frames: Sequence[np.ndarray],
    matrices: np.ndarray,
    size: int,
    writer: StreamWriter | None,
    on_frame: Callable[[], None],
) -> Iterator[np.ndarray]:
    """Grey crops (S, S) uint8 of all frames, the coloured ones written on the way."""
    for index, matrix in enumerate(matrices):
        crop = warp(frames[index], matrix, size)
        if writer is not None:
            writer.append(crop)
        yield cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)
        on_frame()


def _flows(
    crops: Iterator[np.ndarray], gap: int, total_frames: int, method: str
) -> Iterator[tuple[int, np.ndarray]]:
    """First frame and flow of each entry, in order, with only the crops in memory that are still needed."""
    held: dict[int, np.ndarray] = {}
    entry = 0
    for index, crop in enumerate(crops):
        held[index] = crop
        while entry < total_frames and flow_pair(entry, gap, total_frames)[1] <= index:
            start, end = flow_pair(entry, gap, total_frames)
            yield start, compute_flow(held[start], held[end], method)
            entry += 1
            oldest = flow_pair(entry, gap, total_frames)[0]
            for passed in [held_index for held_index in held if held_index < oldest]:
                del held[passed]


def _append(writers: dict[str, StreamWriter], flow: np.ndarray, landmarks: np.ndarray) -> None:
    rest = rest_motion(flow, landmarks)
    for stream, writer in writers.items():
        if stream == 'flow_grid':
            writer.append(grid_means(flow, GRID_CELLS), rest)
        elif stream == 'flow_roi':
            writer.append(region_means(flow, landmarks), rest)
        else:
            writer.append(flow, rest)
