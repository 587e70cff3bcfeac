"""What is shown while folds run: a live table on a terminal, a line for each change elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from types import TracebackType

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from mmaction_mespot.cross_validation.fold_run import FoldRun, read_tail

TAIL_LINES = 12
_WORDS = {'train': 'training', 'test': 'test'}


def plain_console() -> Console:
    """Standard output; what is piped is not cut at 80 columns."""
    return Console(soft_wrap=True) if sys.stdout.isatty() else Console(soft_wrap=True, width=200)


class FoldDisplay:
    """Shows the folds; a context manager, `update` is called again and again.

    Args:
        runs: The folds.
        score: Gives the F1 of a finished fold.
        console: Where to.
    """

    def __init__(self, runs: Sequence[FoldRun], score: Callable[[FoldRun], float], console: Console) -> None:
        self.runs, self.score, self.console = runs, score, console
        self._live = Live(console=self.console, auto_refresh=False) if self.console.is_terminal else None
        self._seen: dict[str, str] = {}
        self._scores: dict[str, float] = {}
        self._began = time.monotonic()
        self._done_before = sum(run.next_step() is None for run in runs)

    def __enter__(self) -> FoldDisplay:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def update(self) -> None:
        """Show how things stand."""
        for run in self.runs:
            status = self.status(run)
            if run.state == 'finished' and run.fold.name not in self._scores:
                self._scores[run.fold.name] = self.score(run)
            if self._seen.get(run.fold.name) != status:
                self._seen[run.fold.name] = status
                self._report(run, status)
        if self._live is not None:
            self._live.update(Group(self.table(), Text(self.outlook())), refresh=True)

    @staticmethod
    def status(run: FoldRun) -> str:
        """State of a fold in words."""
        return _WORDS[run.doing] if run.state == 'running' else run.state

    def table(self) -> Table:
        """The folds, one per row."""
        table = Table(title='folds', title_justify='left')
        for name in ('fold', 'state', 'epoch', 'F1', 'time left'):
            table.add_column(name, justify='left' if name in ('fold', 'state') else 'right')
        for run in self.runs:
            _, where, left = run.progress()
            score = self._scores.get(run.fold.name)
            f1 = '' if score is None else f'{score:.3f}'
            table.add_row(run.fold.name, self.status(run), where, f1, left)
        return table

    def outlook(self) -> str:
        """How many folds are done, and the time left for all at the speed so far."""
        shares = [run.progress()[0] for run in self.runs if run.state != 'failed']
        done = sum(share for share in shares) - self._done_before
        left = len(shares) - sum(shares)
        finished = sum(run.state == 'finished' for run in self.runs)
        text = f'{finished} of {len(self.runs)} folds finished'
        if done > 0 and left > 0:
            seconds = (time.monotonic() - self._began) * left / done
            text += f', about {timedelta(seconds=round(seconds))} left'
        return text

    def _report(self, run: FoldRun, status: str) -> None:
        """Say what changed: everything without a live table, failures in any case."""
        if run.state == 'failed':
            self._print(f'fold {run.fold.name} failed: {run.problem}')
            step = run.next_step()
            if step is not None and (tail := read_tail(run.log(step), TAIL_LINES)):
                self._print('\n'.join(f'  | {line}' for line in tail.splitlines()))
        elif self._live is None and run.state != 'waiting':
            score = self._scores.get(run.fold.name)
            end = '' if score is None else f', F1 {score:.3f} ({self.outlook()})'
            self._print(f'fold {run.fold.name}: {status}{end}')

    def _print(self, text: str) -> None:
        self.console.print(text, markup=False, highlight=False)
