"""Runs folds side by side, each step in a process of its own."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from filelock import lock_descriptor

from mmaction_mespot.cross_validation.fold_run import FoldRun, FoldStep
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.processes import bound_to_parent

_STOP_S = 10.0


class Process(Protocol):
    """What the scheduler asks of a process; a `subprocess.Popen` is one."""

    def poll(self) -> int | None:
        """Exit code, or None while it runs."""

    def terminate(self) -> None:
        """Ask it to stop."""

    def kill(self) -> None:
        """Stop it."""


Start = Callable[[Sequence[str], Mapping[str, str], Path, int], Process]


@dataclass
class _Slot:
    """A place for one fold at a time."""

    variables: Mapping[str, str]
    run: FoldRun | None = None
    lock: FoldLock | None = None
    step: FoldStep | None = None
    process: Process | None = None
    began: float = 0.0


def start_process(words: Sequence[str], variables: Mapping[str, str], log: Path, lock: int) -> Process:
    """Start a command with its output at the end of a log; it inherits the lock's file and ends with us."""
    with log.open('a', encoding='utf-8') as file:
        return subprocess.Popen(
            list(words),
            env={**os.environ, **variables},
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            pass_fds=(lock,) if os.name == 'posix' else (),
            **bound_to_parent(),
        )


def slot_variables(jobs: int, gpus: Sequence[str]) -> list[dict[str, str]]:
    """Environment of each of the places: its GPU, in turns, and its share of the processors' threads."""
    variables: list[dict[str, str]] = []
    for index in range(jobs):
        own = {'CUDA_VISIBLE_DEVICES': gpus[index % len(gpus)]} if gpus else {}
        if jobs > 1 and 'OMP_NUM_THREADS' not in os.environ:
            own['OMP_NUM_THREADS'] = str(max((os.cpu_count() or 1) // jobs, 1))
        variables.append(own)
    return variables


def run_folds(
    runs: Sequence[FoldRun],
    places: Sequence[Mapping[str, str]],
    watch: Callable[[], None] = lambda: None,
    start: Start = start_process,
    poll_s: float = 0.5,
) -> None:
    """Run all steps of the folds that are not done; a fold that fails does not stop the others.

    Args:
        runs: The folds, their configs in their folders. Their ``state``, ``doing`` and ``problem`` tell what
            happens to them.
        places: One mapping of environment variables for each fold that may run at the same time.
        watch: Called after each look at the processes.
        start: Starts a process. Defaults to `start_process`.
        poll_s: Seconds between two looks. Defaults to 0.5.
    """
    for run in runs:
        run.state = 'finished' if run.next_step() is None else 'waiting'
    slots = [_Slot(variables) for variables in places]
    try:
        while True:
            for slot in slots:
                _advance(slot, runs, start)
            watch()
            if not any(slot.run for slot in slots):
                return
            time.sleep(poll_s)
    finally:
        _stop(slots)


def _advance(slot: _Slot, runs: Sequence[FoldRun], start: Start) -> None:
    """Bring one place on: note an ended step, start the next one, take the next fold."""
    if slot.run is not None and slot.step is not None and slot.process is not None:
        code = slot.process.poll()
        if code is None:
            return
        slot.run.add_seconds(slot.step, time.monotonic() - slot.began)
        if code != 0 or not slot.step.result.is_file():
            missing = '' if code != 0 else f', but {slot.step.result} is not there'
            log = slot.run.log(slot.step)
            _leave(slot, f'{slot.step.name} ended with exit code {code}{missing}; {log} says why')
    while True:
        if slot.run is None:
            slot.run = next((run for run in runs if run.state == 'waiting'), None)
            if slot.run is None:
                return
            try:
                slot.lock = FoldLock(slot.run.folder)
            except MESpotError as error:
                _leave(slot, str(error))
                continue
        slot.step = slot.run.next_step()
        if slot.step is None:
            _leave(slot)
            continue
        slot.run.state, slot.run.doing, slot.began = 'running', slot.step.name, time.monotonic()
        descriptor = -1 if slot.lock is None else slot.lock.fileno()
        slot.process = start(slot.step.command, slot.variables, slot.run.log(slot.step), descriptor)
        return


def _leave(slot: _Slot, problem: str = '') -> None:
    """Give the place free."""
    if slot.run is not None:
        slot.run.state, slot.run.problem = ('failed' if problem else 'finished'), problem
    if slot.lock is not None:
        slot.lock.release()
    slot.run = slot.lock = slot.step = slot.process = None


def _stop(slots: Sequence[_Slot]) -> None:
    """End what still runs, when this process was interrupted."""
    running = [slot.process for slot in slots if slot.process is not None and slot.process.poll() is None]
    for process in running:
        process.terminate()
    until = time.monotonic() + _STOP_S
    while any(process.poll() is None for process in running) and time.monotonic() < until:
        time.sleep(0.05)
    for process in running:
        if process.poll() is None:
            process.kill()


LOCK_FILE = '.lock'
PATIENCE_S = 10.0


class FoldLock:
    """A lock on a fold's folder, held by this process and by those that inherit its file.

    If only the parent is killed, a training that goes on by itself still holds the lock (not on Windows:
    nothing inherits it there).

    Args:
        folder: The fold's folder.
        patience_s: Seconds to wait for another holder: data loaders outlive a killed training for a moment.
            Defaults to 10.

    Raises:
        MESpotError: If another process holds it for longer.
    """

    def __init__(self, folder: Path, patience_s: float = PATIENCE_S) -> None:
        self._file: IO[str] = (folder / LOCK_FILE).open('w')
        until = time.monotonic() + patience_s
        while not lock_descriptor(self._file.fileno(), blocking=False):
            if time.monotonic() >= until:
                self._file.close()
                raise MESpotError(f'{folder}: another process is working on this fold')
            time.sleep(0.1)

    def fileno(self) -> int:
        """The file that a process of the fold inherits."""
        return self._file.fileno()

    def release(self) -> None:
        """Let go; the lock ends when every process that inherited it has ended."""
        self._file.close()
