"""Four people of the synthetic data set, prepared; tools of the command line as forks of this process."""

from __future__ import annotations

import os
import runpy
import sys
import time
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path

import mmengine.config.config
import pytest
import torch._inductor  # noqa: F401 - loaded by every deterministic run, once here

from mmaction_mespot.synthetic.make import make_dataset
from mmaction_mespot.synthetic.recipes import SIZES, SizeRecipe

ROOT = Path(__file__).resolve().parents[2]
SIZE = SizeRecipe('four', (2, 1, 1), (1, 1, 1), 5.0, (1, 2), (1, 1), ('normal',), max_side=96)
CONFIG = str(ROOT / 'configs' / 'mespot_lite_synthetic_quick.py')
CLIPS = tuple(
    f'{part}_dataloader.dataset.{key}'
    for part in ('train', 'val', 'test')
    for key in ('clip_len=32', 'stride=16')
)
OPTIONS = (
    *CLIPS,
    'train_cfg.max_epochs=2',
    'train_cfg.val_interval=2',
    'train_dataloader.batch_size=4',
    'train_dataloader.dataset.windows_per_epoch=8',
    'model.neck.out_channels=16',
    'model.neck.num_repeats=1',
    'model.head.in_channels=16',
    'model.head.channels=16',
)


def run_tool(*words: str) -> int:
    """Run a tool in this process; gives its exit code."""
    before = sys.argv
    sys.argv = [str(ROOT / words[0]), *words[1:]]
    try:
        runpy.run_path(sys.argv[0], run_name='__main__')
    except SystemExit as stop:
        return int(stop.code or 0)
    finally:
        sys.argv = before
    return 0


def make_prepared(folder: Path) -> Path:
    """Draw and prepare the videos; gives the folder that holds the part ``normal``."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(SIZES, 'four', SIZE)
        (raw,) = make_dataset(folder / 'raw', 'four')
    words = ('casme2', '--root', str(raw), '--out', str(folder / 'normal'), '--streams', 'flow_grid')
    assert run_tool('tools/prepare.py', *words, '--crop-size', '112', '--flow', 'dis') == 0
    return folder


class Fork:
    """A tool in a fork of this process: a process of its own, without the seconds of its imports."""

    def __init__(self, words: Sequence[str], variables: Mapping[str, str], log: Path, lock: int) -> None:
        # The lock's file is inherited.
        assert words[0] == sys.executable
        self.code: int | None = None
        self.pid = os.fork()
        if self.pid == 0:
            code = 99
            try:
                os.environ.update(variables)
                # A config that is written or stored is laid out by yapf: most of the time of a tiny run.
                mmengine.config.config.FormatCode = lambda text, **_: (text, True)
                out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
                os.dup2(out, 1)
                os.dup2(out, 2)
                sys.stdout, sys.stderr = (os.fdopen(number, 'w') for number in (1, 2))
                self.prepare(log)
                code = run_tool(*words[1:])
            except BaseException:
                traceback.print_exc()
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(code)

    def prepare(self, log: Path) -> None:
        """What is done in the new process before the tool runs."""

    def poll(self) -> int | None:
        if self.code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.code = os.waitstatus_to_exitcode(status) if pid else None
        return self.code

    def wait(self) -> int:
        while self.poll() is None:
            time.sleep(0.02)
        return int(self.code or 0)

    def terminate(self) -> None:
        os.kill(self.pid, 15)

    def kill(self) -> None:
        os.kill(self.pid, 9)
