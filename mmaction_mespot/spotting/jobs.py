"""Several videos at a time, in processes of joblib; runs that share a disk keep off each other's videos."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import torch
from filelock import FileLock, Timeout
from joblib import Parallel, delayed, parallel_config
from joblib.externals.loky.process_executor import TerminatedWorkerError

from mmaction_mespot.apis.command_line import TRACEBACK_VARIABLE, describe, is_user_error
from mmaction_mespot.spotting.inferencer import SpottingInferencer
from mmaction_mespot.spotting.record import LOCK, write_failure

MARK = '.working'
"""File in the folder of a video while a process of ours is at it."""
STRIKES = 2
"""Times that a process may die over a video before the video counts as failed."""


@dataclass(frozen=True)
class SpotterSetup:
    """The arguments of a :class:`SpottingInferencer`, so that each process can make its own.

    Attributes:
        model: As there.
        weights: As there.
        device: As there.
        face: As there.
        batch_size: As there.
        amp: As there.
        thresholds: Pairs of class name and smallest score, or None.
    """

    model: str = 'flow'
    weights: str | None = None
    device: str | None = None
    face: str = 'largest'
    batch_size: int = 8
    amp: bool = False
    thresholds: tuple[tuple[str, float], ...] | None = None

    def make(self) -> SpottingInferencer:
        """Make the spotter."""
        thresholds: Mapping[str, float] | None = None if self.thresholds is None else dict(self.thresholds)
        return SpottingInferencer(
            self.model, self.weights, self.device, self.face, self.batch_size, self.amp, thresholds
        )


@dataclass(frozen=True)
class SpotOutcome:
    """How one video ended; small, whatever the video's length.

    Attributes:
        video: The video.
        folder: Its results.
        state: ``'done'``, ``'skipped'`` (finished earlier), ``'elsewhere'`` (another process works on it) or
            ``'failed'``.
        error: Why it failed, one line.
        seconds: Time taken.
    """

    video: Path
    folder: Path
    state: str
    error: str = ''
    seconds: float = 0.0


Work = Callable[[Path, Path, SpottingInferencer], SpotOutcome]


def run_parallel(
    work: Work, setup: SpotterSetup, videos: Sequence[tuple[Path, Path]], jobs: int
) -> Iterator[SpotOutcome]:
    """Run videos in processes; what a worker returns is small, and few are queued at a time.

    Args:
        work: Picklable function of video, folder and spotter that gives an outcome.
        setup: How each process makes its spotter.
        videos: Videos and their folders.
        jobs: Processes.

    Yields:
        The outcomes as they come. A video whose process dies twice has failed; the others go on.
    """
    left, strikes = dict(videos), dict.fromkeys((video for video, _ in videos), 0)
    threads = max(1, (os.cpu_count() or 1) // jobs)
    while left:
        try:
            with parallel_config(backend='loky', inner_max_num_threads=threads):
                pool = Parallel(n_jobs=jobs, return_as='generator_unordered', pre_dispatch=2 * jobs)
                calls = (delayed(_in_process)(work, setup, *item, threads) for item in left.copy().items())
                for outcome in pool(calls):
                    del left[outcome.video]
                    yield outcome
        except TerminatedWorkerError:
            for video, folder in list(left.items()):
                strikes[video] += (folder / MARK).is_file()
                (folder / MARK).unlink(missing_ok=True)
                if strikes[video] >= STRIKES:
                    error = f'{video}: the process that spotted it died {STRIKES} times (out of memory?)'
                    write_failure(folder, video, error)
                    del left[video]
                    yield SpotOutcome(video, folder, 'failed', error)


def _in_process(work: Work, setup: SpotterSetup, video: Path, folder: Path, threads: int) -> SpotOutcome:
    torch.set_num_threads(threads)
    cv2.setNumThreads(threads)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).touch()
    try:
        return run_claimed(work, video, folder, _spotter(setup))
    finally:
        (folder / MARK).unlink(missing_ok=True)


def run_claimed(work: Work, video: Path, folder: Path, inferencer: SpottingInferencer) -> SpotOutcome:
    """Run one video unless another process is at it; errors become an outcome.

    Args:
        work: As of :func:`run_parallel`.
        video: The video.
        folder: Its results.
        inferencer: The spotter.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / LOCK, timeout=0):
            return work(video, folder, inferencer)
    except Timeout:
        return SpotOutcome(video, folder, 'elsewhere')
    except Exception as error:  # whatever a broken file sets off, the other videos go on
        if os.environ.get(TRACEBACK_VARIABLE) == '1':
            raise
        known = is_user_error(error) or isinstance(error, OSError)
        reason = describe(error) + ('' if known else f' ({TRACEBACK_VARIABLE}=1 shows where)')
        write_failure(folder, video, reason)
        return SpotOutcome(video, folder, 'failed', reason)


@lru_cache(maxsize=1)
def _spotter(setup: SpotterSetup) -> SpottingInferencer:
    return setup.make()
