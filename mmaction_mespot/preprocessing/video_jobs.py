"""Preparing videos one after the other or in several processes; a bad one does not stop the others."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2

from mmaction_mespot.atomic_file import is_write_failure
from mmaction_mespot.errors import is_user_error, show_bug
from mmaction_mespot.worker_processes import run_in_processes

from .faces import FaceModelPaths, FaceTracker
from .preparation_progress import PreparationProgress
from .video_preparation import prepare_video
from .video_task import VideoTask

Outcome = tuple[VideoTask, 'dict[str, Any] | None', str]
"""A video, its record for the manifest or None, and why it failed."""


def _prepare(task: VideoTask, tracker: FaceTracker, on_frame: Callable[[], None]) -> Outcome:
    """Prepare one video; any error of it becomes a reason, so that the others go on.

    Raises:
        OSError: The prepared folder can't be written.
    """
    counted = 0

    def count() -> None:
        nonlocal counted
        counted += 1
        on_frame()

    try:
        record = prepare_video(task.video, task.source_root, task.out, task.settings, tracker, count)
    except Exception as error:
        if is_write_failure(error, Path(task.out)):
            raise  # it would be the same for all
        show_bug(error)
        for _ in range(task.video['total_frames'] - counted):
            on_frame()
        reason = str(error) if is_user_error(error) else f'{type(error).__name__}: {error}'
        return task, None, reason
    return task, record, ''


def run_here(tasks: list[VideoTask], progress: PreparationProgress) -> Iterator[Outcome]:
    """Prepare the videos one after the other in this process."""
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


def _work(task: VideoTask) -> Outcome:
    def count() -> None:
        with _counter.get_lock():
            _counter.value += 1

    if _tracker is None:
        raise RuntimeError('the worker process was not started by prepare_dataset')
    return _prepare(task, _tracker, count)


def run_parallel(tasks: list[VideoTask], jobs: int, progress: PreparationProgress) -> Iterator[Outcome]:
    """Prepare the videos in several processes; they come in the order in which they are finished."""
    counter = multiprocessing.get_context('spawn').Value('q', 0)
    for ended in run_in_processes(
        _work,
        tasks,
        min(jobs, len(tasks)),
        _start_worker,
        (counter, tasks[0].models),
        lambda: progress.update(counter.value),
    ):
        yield ended.result or (ended.item, None, ended.death)
