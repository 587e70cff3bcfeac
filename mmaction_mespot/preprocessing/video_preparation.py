"""One video from frames to aligned crops and optical flow, in one pass and constant memory."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np

from mmaction_mespot.atomic_file import remove, remove_temporaries
from mmaction_mespot.contained import path_inside
from mmaction_mespot.intervals.frame_grid import FrameGrid
from mmaction_mespot.preprocessing.faces.face_aligner import AlignedFrame, align_stream

from .faces import FaceTracker
from .flow.motion import motion_stream
from .preparation_settings import PICTURE_STREAMS, REFERENCE, STREAMS, PreparationSettings
from .store.face_file import FaceFile
from .store.manifest import file_record
from .store.rawframes_writer import RawframesWriter
from .store.store_writer import StreamWriter
from .video import FrameError, TimedFrame, VideoSource, resample
from .video.open import open_annotated, video_fingerprint


def prepare_video(
    video: dict[str, Any],
    source_root: str | Path,
    out: str | Path,
    settings: PreparationSettings,
    tracker: FaceTracker,
    on_frame: Callable[[], None] = lambda: None,
) -> dict[str, Any]:
    """Follow the face of a video, align it, compute the flow, and write the streams.

    The video is seen as spotting sees it: brought to the working rate by its time stamps, aligned and flowed
    by the same functions. So the streams have one entry per position of the working grid, and what cannot be
    read is passed over with a note (with ``settings.strict``, refused). Each file appears whole or not at
    all, and the same frames give the same bytes.

    Args:
        video: Annotation entry.
        source_root: Folder that its ``frame_dir`` or ``video`` is relative to.
        out: The prepared folder: writes ``<stream>/<video_id>.h5`` and ``faces/<video_id>.h5``; in the format
            ``'rawframes'`` the folder ``rawframes/<video_id>`` in place of ``rgb`` and ``flow``.
        settings: What to write.
        tracker: The face networks of this process.
        on_frame: Called after each frame that was read. Defaults to nothing.

    Returns:
        The video's record for the manifest, with the ``grid`` of its positions, None where they are the
        frames.

    Raises:
        VideoError: The video cannot be used.
        FrameError: A frame is missing, or with ``settings.strict`` cannot be read.
        NoFaceError: No frame shows a face.
    """
    out, video_id = Path(out), video['video_id']
    parameters = settings.parameters(video, video_fingerprint(video, source_root))
    for path in _paths(out, video_id, (*STREAMS, 'rawframes', 'faces')).values():
        remove_temporaries(path)
        remove(path)  # of a run that ended before its record
    source = open_annotated(video, source_root)
    notes: list[str] = []
    fps = settings.rate(video['fps'])
    frames = resample(_read(source, video['total_frames'], settings.strict, on_frame), fps)
    face = _FaceRecord(settings.crop_size, tracker.step_frames(fps))
    aligned = face.kept(align_stream(frames, fps, settings.crop_size, tracker, notes=notes, name=video_id))
    with ExitStack() as stack:
        sinks, paths = _open_streams(out, video_id, fps, settings, stack)
        for entry in motion_stream(
            aligned,
            fps,
            settings.gap(fps),
            tuple(sinks),
            settings.flow_method,
            remove_head_motion=False,
            device=settings.device,
            flow_batch=settings.flow_batch,
        ):
            for name, write in sinks.items():
                rest = (entry.streams['head_motion'],) if name.startswith('flow') else ()
                write(entry.streams[name], *rest)
    notes = list(dict.fromkeys((*source.notes, *notes)))
    paths |= _paths(out, video_id, ('faces',))
    content = face.file(notes)
    content.write(paths['faces'])
    files = {path.relative_to(out).as_posix(): file_record(path) for path in sorted(paths.values())}
    grid = FrameGrid.from_frames(content.source_index, fps, video['total_frames'], video['fps'])
    return {
        'parameters': parameters,
        'files': files,
        'notes': notes,
        'losses': list(source.losses),
        'grid': None if grid.is_plain else grid.to_dict(),
    }


class _FaceRecord:
    """Collects what the file of the face holds, while the aligned frames go by.

    Args:
        crop_size: Side of the crop in px.
        step: Positions from one to the next whose landmarks are kept.
    """

    def __init__(self, crop_size: int, step: int) -> None:
        self._crop_size, self._step = crop_size, step
        self._source_index, self._time_s, self._face = array('q'), array('d'), array('b')
        self._matrices = array('d')
        self._points: list[np.ndarray] = []

    def kept(self, frames: Iterable[AlignedFrame]) -> Iterator[AlignedFrame]:
        """Go through the frames."""
        for frame in frames:
            if frame.position % self._step == 0:
                self._points.append(frame.landmarks.astype(np.float32))
            self._source_index.append(frame.source_index)
            self._time_s.append(frame.time_s)
            self._face.append(frame.face)
            self._matrices.extend(frame.matrix.ravel().tolist())
            yield frame

    def file(self, notes: Sequence[str]) -> FaceFile:
        """The content of the file."""
        return FaceFile(
            self._crop_size,
            np.array(self._source_index, np.int64),
            np.array(self._time_s),
            np.array(self._face, np.uint8),
            np.array(self._matrices).reshape(-1, 2, 3),
            np.arange(len(self._points)) * self._step,
            np.stack(self._points),
            tuple(notes),
        )


def _read(
    source: VideoSource, total_frames: int, strict: bool, on_frame: Callable[[], None]
) -> Iterator[TimedFrame]:
    """The frames of a video, up to as many as are annotated.

    Raises:
        FrameError: With ``strict``, where frames are missing or passed over.
    """
    counted = 0

    def check() -> None:
        if strict and source.losses:
            raise FrameError(f'{source.name}: {source.losses[0]}')

    check()
    for frame in source:
        check()
        if frame.index >= total_frames:
            break
        yield frame
        while counted <= frame.index:
            on_frame()
            counted += 1
    check()
    while counted < total_frames:
        on_frame()
        counted += 1


def _paths(out: Path, video_id: str, names: Sequence[str]) -> dict[str, Path]:
    files = {name: f'{name}/{video_id}' + ('' if name == 'rawframes' else '.h5') for name in names}
    return {name: path_inside(out, file, f'video {video_id}') for name, file in files.items()}


def _open_streams(
    out: Path, video_id: str, fps: float, settings: PreparationSettings, stack: ExitStack
) -> tuple[dict[str, Callable[..., None]], dict[str, Path]]:
    """Where the entries of each stream go, and the files that come of it."""
    attrs = {
        'fps': fps,
        'target_fps': settings.target_fps,
        'crop_size': settings.crop_size,
        'reference': REFERENCE,
    }
    flow_attrs = {**attrs, 'gap': settings.gap(fps), 'method': settings.flow_method}
    sinks: dict[str, Callable[..., None]] = {}
    names = list(settings.streams)
    if settings.format == 'rawframes':
        names = ['rawframes', *(name for name in names if name not in PICTURE_STREAMS)]
    paths = _paths(out, video_id, names)
    for name, path in paths.items():
        if name == 'rawframes':
            pictures = stack.enter_context(RawframesWriter(path, settings.flow_bound, flow_attrs))
            written: dict[str, Callable[..., None]]
            written = {'rgb': pictures.append_rgb, 'flow': pictures.append_flow}
            sinks |= {stream: written[stream] for stream in PICTURE_STREAMS if stream in settings.streams}
            continue
        stream_attrs = flow_attrs if name.startswith('flow') else attrs
        writer = StreamWriter(path, name, settings.frame_shape(name), stream_attrs)
        sinks[name] = stack.enter_context(writer).append
    return sinks, paths
