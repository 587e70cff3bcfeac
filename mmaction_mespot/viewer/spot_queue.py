"""Videos that the page sends, spotted one after the other in the background."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

Spot = Callable[[Path], str | None]
"""Spots one video and writes its results; gives an error in one line, or None."""


@dataclass
class SpotJob:
    """One video that was sent.

    Attributes:
        name: Name of its file.
        state: ``waiting``, ``running``, ``done`` or ``failed``.
        message: Why it failed, in one line.
    """

    name: str
    state: str = 'waiting'
    message: str = ''


class SpotQueue:
    """Works through videos in one thread, so that a slow machine does one at a time.

    Args:
        spot: What to do with a video.
    """

    def __init__(self, spot: Spot) -> None:
        self._spot = spot
        self._jobs: list[SpotJob] = []
        self._waiting: queue.Queue[tuple[SpotJob, Path]] = queue.Queue()
        threading.Thread(target=self._work, daemon=True).start()

    def add(self, video: Path) -> None:
        """Put a video at the end."""
        job = SpotJob(video.name)
        self._jobs.append(job)
        self._waiting.put((job, video))

    def states(self) -> list[dict[str, str]]:
        """All videos that were sent, in their order."""
        return [asdict(job) for job in self._jobs]

    def _work(self) -> None:
        while True:
            job, video = self._waiting.get()
            job.state = 'running'
            try:
                message = self._spot(video)
            except Exception as error:  # the page shows it; the next video goes on
                message = f'{type(error).__name__}: {error}'
            job.message = message or ''
            job.state = 'failed' if message else 'done'
