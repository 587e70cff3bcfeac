"""Several videos at a time; runs that share a disk keep off each other's videos."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

import cv2
from filelock import FileLock, Timeout

from mmaction_mespot.apis.command_line import describe
from mmaction_mespot.atomic_file import is_write_failure
from mmaction_mespot.errors import show_bug
from mmaction_mespot.interrupts import TRACEBACK_VARIABLE
from mmaction_mespot.spotting.inferencer import SpottingInferencer
from mmaction_mespot.spotting.loading import MOVEMENT
from mmaction_mespot.spotting.record import LOCK, write_failure
from mmaction_mespot.worker_processes import run_in_processes


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
        false_per_minute: As there.
        calibration: As there.
    """

    model: str = MOVEMENT
    weights: str | None = None
    device: str | None = None
    face: str = 'largest'
    batch_size: int = 8
    amp: bool = False
    thresholds: tuple[tuple[str, float], ...] | None = None
    false_per_minute: float | None = None
    calibration: Path | None = None

    def make(self) -> SpottingInferencer:
        """Make the spotter."""
        thresholds: Mapping[str, float] | None = None if self.thresholds is None else dict(self.thresholds)
        return SpottingInferencer(
            self.model,
            self.weights,
            self.device,
            self.face,
            self.batch_size,
            self.amp,
            thresholds,
            false_per_minute=self.false_per_minute,
            calibration=self.calibration,
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
    """Run videos in processes.

    Args:
        work: Picklable function of video, folder and spotter that gives an outcome.
        setup: How each process makes its spotter.
        videos: Videos and their folders.
        jobs: Processes.

    Yields:
        The outcomes as they come. A video whose process dies has failed; the others go on.
    """
    threads = max(1, (os.cpu_count() or 1) // jobs)
    for ended in run_in_processes(partial(_in_process, work, setup), videos, jobs, _start, (threads,)):
        video, folder = ended.item
        if ended.result is not None:
            yield ended.result
            continue
        error = f'{video}: {ended.death}'
        write_failure(folder, video, error)
        yield SpotOutcome(video, folder, 'failed', error)


def _start(threads: int) -> None:
    # torch, where a network needs it, reads its share from the environment of the process.
    cv2.setNumThreads(threads)


def _in_process(work: Work, setup: SpotterSetup, item: tuple[Path, Path]) -> SpotOutcome:
    return run_claimed(work, *item, _spotter(setup))


def run_claimed(work: Work, video: Path, folder: Path, inferencer: SpottingInferencer) -> SpotOutcome:
    """Run one video unless another process is at work on it; errors become an outcome.

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
        if is_write_failure(error, folder):
            raise  # it would be the same for all
        show_bug(error)
        reason = describe(error)
        write_failure(folder, video, reason)
        return SpotOutcome(video, folder, 'failed', reason)


@lru_cache(maxsize=1)
def _spotter(setup: SpotterSetup) -> SpottingInferencer:
    return setup.make()
