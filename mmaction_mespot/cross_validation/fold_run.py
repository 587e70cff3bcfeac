"""One fold on disk: its folder, its steps, how far it is."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from mmaction_mespot.atomic_file import write_whole
from mmaction_mespot.cross_validation.fold_config import CONFIG_FILE, DUMP_FILE
from mmaction_mespot.cross_validation.fold_plan import Fold
from mmaction_mespot.errors import MESpotError

FINAL_FILE, ABOUT_FILE = 'final.pth', 'fold.json'
State = Literal['waiting', 'running', 'finished', 'failed']

_TAIL_BYTES = 20_000
_EPOCH = re.compile(r'Epoch\(train\)\s+\[(\d+)\]\[\s*(\d+)/(\d+)\]')
_ITERATION = re.compile(r'Iter\(train\)\s+\[\s*(\d+)/(\d+)\]')
_ETA = re.compile(r'eta: (.+?)  ')


@dataclass(frozen=True)
class FoldStep:
    """A command of a fold.

    Attributes:
        name: ``train`` or ``test``; its output is appended to ``<name>.log``.
        command: The command line, the interpreter first.
        result: The file that is there, whole, when it was done.
    """

    name: str
    command: tuple[str, ...]
    result: Path


class FoldRun:
    """A fold in its work folder.

    Args:
        fold: The people.
        folder: Its work folder.
        tools: Folder with ``train.py`` and ``test.py``.
        trains: Whether the config trains; if not, the test chooses the thresholds first.
        epochs: Epochs (or iterations) of the training, for the progress. Defaults to None, not known.
    """

    def __init__(
        self, fold: Fold, folder: Path, tools: Path, trains: bool = True, epochs: int | None = None
    ) -> None:
        self.fold, self.folder, self.epochs = fold, folder, epochs
        self.state: State = 'waiting'
        self.doing = ''
        self.problem = ''
        config, final, dump = str(folder / CONFIG_FILE), folder / FINAL_FILE, folder / DUMP_FILE
        test = (sys.executable, str(tools / 'test.py'), config)
        out = ('--work-dir', str(folder / 'test'))
        if trains:
            # Without a checkpoint in the folder --resume begins from the start.
            train = (str(tools / 'train.py'), config, '--work-dir', str(folder), '--resume')
            self.steps: tuple[FoldStep, ...] = (
                FoldStep('train', (sys.executable, *train), final),
                FoldStep('test', (*test, str(final), *out), dump),
            )
        else:
            self.steps = (FoldStep('test', (*test, *out), dump),)

    @property
    def dump(self) -> Path:
        """The held-out people's detections."""
        return self.folder / DUMP_FILE

    def next_step(self) -> FoldStep | None:
        """The first step that is not done; None if all are."""
        return next((step for step in self.steps if not step.result.is_file()), None)

    def log(self, step: FoldStep) -> Path:
        """Where a step's output goes."""
        return self.folder / f'{step.name}.log'

    def note_people(self) -> None:
        """Write ``fold.json``, or check that the one there names the same people.

        Raises:
            MESpotError: If it names others.
        """
        about, path = self.read_about(), self.folder / ABOUT_FILE
        people = json.loads(json.dumps(asdict(self.fold)))
        if about and {key: about.get(key) for key in people} != people:
            raise MESpotError(f'{path}: begun with other people; name another --work-dir')
        self._write_about({**people, 'seconds': about.get('seconds', {})})

    def read_about(self) -> dict[str, Any]:
        """What ``fold.json`` holds: the people, and the seconds of each step; empty before the first run."""
        path = self.folder / ABOUT_FILE
        return json.loads(path.read_text(encoding='utf-8')) if path.is_file() else {}

    def add_seconds(self, step: FoldStep, seconds: float) -> None:
        """Add to the seconds that a step took, over all attempts."""
        about = self.read_about()
        about['seconds'][step.name] = round(about['seconds'].get(step.name, 0.0) + seconds, 1)
        self._write_about(about)

    def progress(self) -> tuple[float, str, str]:
        """How far the fold is, from its training log.

        Returns:
            The share that is done (0 to 1), where it is (``3/30``), and the time left, as far as known.
        """
        if self.state == 'finished':
            return 1.0, self._of(self.epochs), ''
        tail = read_tail(self.log(self.steps[0]))
        eta = _ETA.findall(tail)
        left = eta[-1] if eta and self.doing == 'train' else ''
        if iterations := _ITERATION.findall(tail):
            done, total = map(int, iterations[-1])
            return done / total, f'{done}/{total}', left
        if epochs := _EPOCH.findall(tail):
            epoch, batch, batches = map(int, epochs[-1])
            share = (epoch - 1 + batch / batches) / self.epochs if self.epochs else 0.0
            return share, self._of(epoch), left
        return 0.0, '', ''

    def _of(self, epoch: int | None) -> str:
        return '' if epoch is None or self.epochs is None else f'{epoch}/{self.epochs}'

    def _write_about(self, about: dict[str, Any]) -> None:
        write_whole(self.folder / ABOUT_FILE, json.dumps(about, indent=1) + '\n')


def read_tail(path: Path, lines: int | None = None) -> str:
    """The end of a log; empty if there is none.

    Args:
        path: The log.
        lines: How many lines at most. Defaults to None, about 20 kB.
    """
    if not path.is_file():
        return ''
    with path.open('rb') as file:
        file.seek(max(path.stat().st_size - _TAIL_BYTES, 0))
        text = file.read().decode('utf-8', errors='replace')
    return text if lines is None else '\n'.join(text.rstrip().splitlines()[-lines:])
