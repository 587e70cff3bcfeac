"""A whole data set from frames to a prepared folder: in parallel, resumable, past bad videos."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2

from .faces import FaceModelPaths, FaceTracker, fetch_face_models
from .frame_error import FrameError
from .frames import open_frames
from .json_file import write_json
from .manifest import Manifest
from .preparation_progress import PreparationProgress
from .preparation_settings import STREAMS, PreparationSettings
from .video_preparation import prepare_video

_POLL_S = 0.5


@dataclass
class PreparationResult:
    """Video ids by what happened to them; ``failed`` with the reasons."""

    prepared: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Task:
    video: dict[str, Any]
    source_root: str
    out: str
    settings: PreparationSettings
    models: FaceModelPaths


_Outcome = tuple[_Task, 'dict[str, Any] | None', str]


def prepare_dataset(
    annotations: dict[str, Any],
    out: str | Path,
    streams: tuple[str, ...] = STREAMS,
    crop_size: int = 224,
    flow_method: str = 'tvl1',
    flow_gap: int | None = None,
    jobs: int = 1,
) -> PreparationResult:
    """Prepare every video of an annotated data set.

    Videos that an earlier run finished with the same settings are skipped. A bad video is noted, and the
    others go on. ``annotations.json`` is written at the end, with the good videos only; ``manifest.json``
    lists all.

    Args:
        annotations: The common annotations, with ``metainfo.source_root``.
        out: The prepared folder.
        streams: Streams to write; those of an earlier run with the same settings stay. Defaults to all.
        crop_size: Side of the aligned crop in px. Defaults to 224.
        flow_method: ``'tvl1'``, ``'tvl1-fast'`` or ``'dis'``. Defaults to 'tvl1'.
        flow_gap: Frames between the images of a flow. Defaults to None: 4 at 30 fps.
        jobs: Processes. Defaults to 1: this one.

    Returns:
        What was prepared, skipped, and why videos failed.

    Raises:
        ValueError: A setting is out of its range, or there is no video.
        RuntimeError: The face networks can't be had, or a process died.
    """
    settings = PreparationSettings(tuple(streams), crop_size, flow_method, flow_gap)
    if jobs < 1:
        raise ValueError(f'jobs: found {jobs}, expected 1 or more')
    if not annotations['data_list']:
        raise ValueError('the annotations hold no video')
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    manifest, result = Manifest(out), PreparationResult()
    source_root = annotations['metainfo']['source_root']
    todo = []
    for video in annotations['data_list']:
        try:
            fingerprint = open_frames(video, source_root).fingerprint()
        except FrameError as error:
            _fail(video['video_id'], str(error), manifest, result)
            continue
        kept = settings.with_streams_of(manifest.videos.get(video['video_id']), video, fingerprint)
        if manifest.is_done(video['video_id'], kept.parameters(video, fingerprint)):
            result.skipped.append(video['video_id'])
        else:
            manifest.forget(video['video_id'])
            todo.append((video, kept))
    if todo:
        models = fetch_face_models()
        tasks = [_Task(video, source_root, str(out), kept, models) for video, kept in todo]
        with PreparationProgress(sum(video['total_frames'] for video, _ in todo), len(todo)) as progress:
            run = _run_here(tasks, progress) if jobs == 1 else _run_parallel(tasks, jobs, progress)
            for task, record, reason in run:
                video_id = task.video['video_id']
                if record is None:
                    _fail(video_id, reason, manifest, result)
                    progress.finish_video(f'{video_id}: FAILED, {reason}')
                    continue
                manifest.record(video_id, record)
                result.prepared.append(video_id)
                notes = f'; {"; ".join(record["notes"])}' if record['notes'] else ''
                progress.finish_video(f'{video_id}: {task.video["total_frames"]} frames{notes}')
    good = [video for video in annotations['data_list'] if video['video_id'] not in result.failed]
    write_json({**annotations, 'data_list': good}, out / 'annotations.json')
    return result


def _fail(video_id: str, reason: str, manifest: Manifest, result: PreparationResult) -> None:
    manifest.record_failure(video_id, reason)
    result.failed[video_id] = reason


def _prepare(task: _Task, tracker: FaceTracker, on_frame: Callable[[], None]) -> _Outcome:
    """Prepare one video; any error of it becomes a reason, so that the others go on."""
    counted = 0

    def count() -> None:
        nonlocal counted
        counted += 1
        on_frame()

    try:
        record = prepare_video(task.video, task.source_root, task.out, task.settings, tracker, count)
    except Exception as error:
        for _ in range(task.video['total_frames'] - counted):
            on_frame()
        reason = (
            str(error) if isinstance(error, (ValueError, OSError)) else f'{type(error).__name__}: {error}'
        )
        return task, None, reason
    return task, record, ''


def _run_here(tasks: list[_Task], progress: PreparationProgress) -> Iterator[_Outcome]:
    tracker, frames = FaceTracker(tasks[0].models), 0

    def count() -> None:
        nonlocal frames
        frames += 1
        progress.update(frames)

    for task in tasks:
        yield _prepare(task, tracker, count)


# Of a worker process, set when it starts.
_counter: Any = None
_tracker: FaceTracker | None = None


def _start_worker(counter: Any, models: FaceModelPaths) -> None:
    global _counter, _tracker
    import numba

    cv2.setNumThreads(1)
    numba.set_num_threads(1)
    _counter, _tracker = counter, FaceTracker(models)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this worker when the main process is gone; a killed one can't tell its workers."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _work(task: _Task) -> _Outcome:
    def count() -> None:
        with _counter.get_lock():
            _counter.value += 1

    if _tracker is None:
        raise RuntimeError('the worker process was not started by prepare_dataset')
    return _prepare(task, _tracker, count)


def _run_parallel(tasks: list[_Task], jobs: int, progress: PreparationProgress) -> Iterator[_Outcome]:
    context = multiprocessing.get_context('spawn')
    counter = context.Value('q', 0)
    pool = ProcessPoolExecutor(
        min(jobs, len(tasks)), context, initializer=_start_worker, initargs=(counter, tasks[0].models)
    )
    try:
        waiting: set[Future[_Outcome]] = {pool.submit(_work, task) for task in tasks}
        while waiting:
            done, waiting = wait(waiting, timeout=_POLL_S, return_when=FIRST_COMPLETED)
            progress.update(counter.value)
            for future in done:
                yield future.result()
    except BrokenProcessPool as error:
        raise RuntimeError(
            'a worker process died (out of memory?); finished videos are kept: run the same command again'
        ) from error
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
