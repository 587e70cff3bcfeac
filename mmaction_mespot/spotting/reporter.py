"""What the spotting command says while it works."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from mmaction_mespot.environment import printable
from mmaction_mespot.intervals.detections import CLASSES
from mmaction_mespot.preprocessing.preparation_progress import BarDisplay
from mmaction_mespot.spotting.model import SpotModel
from mmaction_mespot.spotting.result import Interval, Spotting

MODES = ('bar', 'quiet', 'json-lines')

_LISTED = 20


class SpotReporter(BarDisplay):
    """Tell what happens: for people, for scripts, or errors only.

    ``bar``: a progress bar with the time left on stderr, and what was found on stdout. ``json-lines``: one
    JSON object per line on stdout (``event``: ``start``, ``interval``, ``done``, ``failed``). ``quiet``:
    nothing. Failures go to stderr in every mode, one line each.

    Args:
        mode: One of :data:`MODES`.
    """

    def __init__(self, mode: str = 'bar') -> None:
        self.mode = mode
        super().__init__(None)
        self._task: TaskID | None = None
        if mode == 'bar' and sys.stderr.isatty():
            self._bar = Progress(
                TextColumn('{task.description}', markup=False),
                BarColumn(),
                TextColumn('{task.completed:.0f} frames, {task.fields[rate]:.0f}/s'),
                TimeElapsedColumn(),
                TextColumn('left'),
                TimeRemainingColumn(),
                console=Console(stderr=True),
                transient=True,
            )

    def spotter(self, model: SpotModel) -> None:
        """The thresholds in use, and what is to be expected of them."""
        thresholds, expected = dict(zip(CLASSES, model.thresholds, strict=True)), model.false_per_minute
        if self.mode == 'json-lines':
            about = {'name': model.name, 'thresholds': thresholds, 'false_per_minute': expected}
            print(json.dumps({'event': 'spotter', **about}), flush=True)
        elif self.mode == 'bar' and expected is not None:
            cuts = ', '.join(f'{name} {cut:.3f}' for name, cut in thresholds.items())
            self._print(
                f'thresholds {cuts}: about {expected["expected"]:.2g} false detections per minute expected '
                f'({expected["measured_on"]})'
            )

    def passed_over(self, files: Sequence[Path], rows: Sequence[str]) -> None:
        """What lies beside the videos and is none, and rows of the labels that name none of them."""
        for what, names in (
            ('no videos', [str(path) for path in files]),
            ('labels of other videos', rows),
        ):
            if not names:
                continue
            if self.mode == 'json-lines':
                print(json.dumps({'event': 'passed_over', 'what': what, 'names': list(names)}), flush=True)
            elif self.mode == 'bar':
                more = f' and {len(names) - _LISTED} more' if len(names) > _LISTED else ''
                self._print(f'skipped, {what}: {", ".join(names[:_LISTED])}{more}')

    def start(self, video: Path, what: str, total_frames: int | None) -> None:
        """A video is begun, or another step of it."""
        if self._bar is not None:
            self._drop_task()
            self._task = self._bar.add_task(f'{video.name}: {what}', total=total_frames, rate=0.0)
        self._event('start', video, step=what, total_frames=total_frames)

    def progress(self, done: int) -> None:
        """So many frames of the video have been read."""
        if self._bar is not None and self._task is not None:
            task = self._bar.tasks[-1]
            self._bar.update(self._task, completed=done, rate=done / max(task.elapsed or 0.0, 1e-3))

    def interval(self, video: Path, interval: Interval) -> None:
        """An interval is final."""
        self._event('interval', video, **interval.to_dict())

    def done(self, video: Path, result: Spotting, out: Path, seconds: float) -> None:
        """A video is through."""
        self._drop_task()
        counts = {name: sum(CLASSES[i.label] == name for i in result.intervals) for name in CLASSES}
        self._event(
            'done', video, out=str(out), seconds=round(seconds, 2), notes=list(result.notes), **counts
        )
        if self.mode != 'bar':
            return
        found = ', '.join(f'{count} {name}' for name, count in counts.items())
        self._print(f'{video}: {found} in {result.duration_s:.1f} s ({seconds:.1f} s) -> {out}')
        for i in result.intervals:
            face = f'  face {i.face}' if result.model['settings'].get('faces', 1) > 1 else ''
            chance = '' if i.probability is None else f'   probability {i.probability:.2f}'
            self._print(
                f'  {CLASSES[i.label]:3}  {i.onset_s:8.2f} - {i.offset_s:.2f} s   '
                f'frames {i.onset}-{i.offset}, apex {i.apex}   score {i.score:.3f}{chance}{face}'
            )
        for note in result.notes:
            self._print(f'  note: {note}')

    def ended(self, video: Path, state: str, out: Path, seconds: float) -> None:
        """A video was spotted in another process, or passed over."""
        self._drop_task()
        self._event(state, video, out=str(out), seconds=round(seconds, 2))
        if self.mode == 'bar':
            said = {'done': f'done ({seconds:.1f} s)', 'skipped': 'finished earlier, skipped'}
            self._print(f'{video}: {said.get(state, "in progress in another process")} -> {out}')

    def overall(self, ended: int, total: int, done: int, seconds: float) -> None:
        """So many of the videos have ended, ``done`` of them were spotted in this run, in so many seconds."""
        if self.mode == 'bar' and done and ended < total:
            left_s = seconds / done * (total - ended)
            self._print(f'  {ended} of {total} videos, about {left_s / 60:.1f} min left')

    def failed(self, video: Path, message: str) -> None:
        """A video could not be used."""
        self._drop_task()
        self._event('failed', video, error=message)
        text = f'failed: {message}' if str(video) in message else f'failed: {video}: {message}'
        if self._bar is not None:
            self._bar.console.print(text, markup=False, highlight=False, soft_wrap=True)
        else:
            print(text, file=sys.stderr, flush=True)

    def _event(self, event: str, video: Path, **fields: Any) -> None:
        if self.mode == 'json-lines':
            print(json.dumps({'event': event, 'video': str(video), **fields}), flush=True)

    def _print(self, text: str) -> None:
        if self._bar is not None and sys.stdout.isatty():
            self._bar.console.print(text, markup=False, highlight=False, soft_wrap=True)
        else:
            print(printable(text, sys.stdout), flush=True)

    def _drop_task(self) -> None:
        if self._bar is not None and self._task is not None:
            self._bar.remove_task(self._task)
            self._task = None
