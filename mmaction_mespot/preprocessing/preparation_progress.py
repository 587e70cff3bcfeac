"""Progress of a long preparation: a bar on a terminal, quiet lines elsewhere."""

from __future__ import annotations

import time
from types import TracebackType
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from mmaction_mespot.environment import printable

_Display = TypeVar('_Display', bound='BarDisplay')


class BarDisplay:
    """A context in which a bar is on the terminal, where there is one.

    Args:
        bar: The bar, or None.
    """

    def __init__(self, bar: Progress | None) -> None:
        self._bar = bar

    def __enter__(self: _Display) -> _Display:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()


class PreparationProgress(BarDisplay):
    """Count frames and videos, with the rate and the time left.

    Args:
        total_frames: Frames to do.
        total_videos: Videos to do.
        console: Where to write. Defaults to None: the standard output.
    """

    def __init__(self, total_frames: int, total_videos: int, console: Console | None = None) -> None:
        self.total_frames = total_frames
        self.total_videos = total_videos
        self._console = console or Console()
        self._frames = 0
        self._videos = 0
        self._started = time.monotonic()
        super().__init__(None)
        if self._console.is_terminal:
            self._bar = Progress(
                TextColumn('{task.description}'),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn('frames, {task.fields[rate]:.0f}/s, left'),
                TimeRemainingColumn(),
                console=self._console,
            )
            self._task = self._bar.add_task('preparing', total=total_frames, rate=0.0)

    def update(self, frames: int) -> None:
        """Show how many frames are done."""
        self._frames = frames
        if self._bar is not None:
            self._bar.update(self._task, completed=frames, rate=self._rate())

    def finish_video(self, text: str) -> None:
        """Write a line for a video that is through, well or not."""
        self._videos += 1
        rate = self._rate()
        left_s = (self.total_frames - self._frames) / rate if rate else 0.0
        tail = '' if self._bar is not None else f' ({rate:.0f} frames/s, {format_duration(left_s)} left)'
        self._console.print(
            printable(f'[{self._videos}/{self.total_videos}] {text}{tail}', self._console.file),
            highlight=False,
            markup=False,
            soft_wrap=True,
        )

    def _rate(self) -> float:
        return self._frames / max(time.monotonic() - self._started, 1e-6)


def format_duration(seconds: float) -> str:
    """A duration with its unit: '12 s', '3 min', '1.5 h'."""
    if seconds < 90:
        return f'{seconds:.0f} s'
    return f'{seconds / 60:.0f} min' if seconds < 5400 else f'{seconds / 3600:.1f} h'
