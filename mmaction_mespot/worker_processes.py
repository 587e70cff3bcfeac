"""Work in several processes; one that dies costs what it was at, and nothing else."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pickle
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from mmaction_mespot.environment import without_main
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.processes import deaf_to_interrupts, exit_with_parent

Item = TypeVar('Item')
Result = TypeVar('Result')

POLL_S = 0.5
_STOP_S = 10.0
_THREADS = ('OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'MKL_NUM_THREADS', 'NUMBA_NUM_THREADS')
_context = multiprocessing.get_context('spawn')


@dataclass(frozen=True)
class Ended(Generic[Item, Result]):
    """How the work on one item ended.

    Attributes:
        item: The item.
        result: What the function gave; None if the process died.
        death: Why there is no result, one line; empty if there is one.
    """

    item: Item
    result: Result | None
    death: str = ''


def run_in_processes(
    work: Callable[[Item], Result],
    items: Iterable[Item],
    jobs: int,
    start: Callable[..., None] | None = None,
    start_arguments: tuple[Any, ...] = (),
    watch: Callable[[], None] = lambda: None,
) -> Iterator[Ended[Item, Result]]:
    """Run a function on items in several processes, which share the threads of the machine.

    When a process dies, the others go on and a new one takes its place. An item is taken when a process is
    free for it, so memory does not grow with their number. The processes end with this one, also if it is
    killed, and when the iteration is given up.

    Args:
        work: A function that can be pickled; its exceptions end the whole.
        items: What to give to it; picklable.
        jobs: Processes.
        start: Called once in each process, before its first item. Defaults to None.
        start_arguments: Arguments of `start`.
        watch: Called in this process at least twice a second. Defaults to nothing.

    Yields:
        How each item ended, as they end.
    """
    left = iter(items)
    threads = max(1, (os.cpu_count() or 1) // jobs)

    def begin(item: Item) -> _Worker[Item, Result]:
        return _Worker(item, threads, (work, start, start_arguments))

    workers: list[_Worker[Item, Result]] = []
    try:
        for item in islice(left, jobs):
            workers.append(begin(item))
        while workers:
            ready = wait([what for worker in workers for what in worker.signs()], POLL_S)
            watch()
            for worker in [one for one in workers if any(what in ready for what in one.signs())]:
                workers.remove(worker)
                ended = worker.take()
                try:
                    following = next(left)
                except StopIteration:
                    worker.stop()
                else:
                    if ended.death:
                        worker = begin(following)
                    else:
                        worker.give(following)
                    workers.append(worker)
                yield ended
    finally:
        for worker in workers:
            worker.stop()


class _Worker(Generic[Item, Result]):
    """A process that works on one item at a time, and the end of the pipe to it."""

    def __init__(self, item: Item, threads: int, arguments: tuple[Any, ...]) -> None:
        self._pipe, theirs = _context.Pipe()
        self._process = _context.Process(target=_serve, args=(theirs, *arguments), daemon=True)
        try:
            variables = {name: str(threads) for name in _THREADS}
            with _environment(variables), without_main(), deaf_to_interrupts():
                self._process.start()
            theirs.close()
            self.give(item)
        except BaseException:  # interrupted: nobody else knows of it yet
            self.stop()
            raise

    def give(self, item: Item) -> None:
        """Let it work on an item."""
        self.item = item
        with contextlib.suppress(OSError):  # it has died: its signs say so
            self._pipe.send(item)

    def signs(self) -> tuple[Any, Any]:
        """What becomes ready when it has a result or dies."""
        return self._pipe, self._process.sentinel

    def take(self) -> Ended[Item, Result]:
        """What became of the item; an exception of the work is raised here."""
        try:
            # A result that was sent before a death counts.
            result, error, trace = self._pipe.recv()
        except (EOFError, OSError):
            self._process.join()
            return Ended(self.item, None, _death(self._process.exitcode))
        if error is not None:
            self.stop()
            raise error from RuntimeError(f'in a process of its own:\n{trace}')
        return Ended(self.item, result)

    def stop(self) -> None:
        """End the process, whatever it is at."""
        self._pipe.close()
        if self._process.pid is None:  # it was not even started
            return
        self._process.terminate()
        self._process.join(_STOP_S)
        self._process.kill()
        self._process.join()


def finished(ended: Ended[Item, Result], what: Path) -> Result:
    """The result of an item without which the whole is worth nothing.

    Args:
        ended: How the work on it ended.
        what: What it makes, for the message.

    Raises:
        MESpotError: If the process died.
    """
    if ended.death:
        raise MESpotError(f'{what}: {ended.death}; run the same command again to go on')
    return cast(Result, ended.result)


def _death(code: int | None) -> str:
    if code is not None and code < 0:
        with contextlib.suppress(ValueError):
            name = signal.Signals(-code).name
            hint = ' (out of memory?)' if name == 'SIGKILL' else ''
            return f'the worker process was killed by {name}{hint}'
    return f'the worker process ended with exit code {code}'


def _serve(
    pipe: Connection,
    work: Callable[[Any], Any],
    start: Callable[..., None] | None,
    start_arguments: tuple[Any, ...],
) -> None:
    """What a process does: work on what comes, until nothing more can come."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the main process gets it too, and ends this one
    signal.signal(signal.SIGTERM, _leave)
    threading.Thread(target=exit_with_parent, daemon=True).start()
    try:
        if start is not None:
            start(*start_arguments)
    except Exception as error:
        pipe.send((None, _portable(error), traceback.format_exc()))
        return
    while True:
        try:
            item = pipe.recv()
        except (EOFError, OSError):
            return
        answer: tuple[Any, Exception | None, str]
        try:
            answer = work(item), None, ''
        except Exception as error:  # for the main process, whatever it is
            answer = None, _portable(error), traceback.format_exc()
        with contextlib.suppress(OSError):
            pipe.send(answer)


def _leave(*_: object) -> None:
    """End the process by way of what it is at, which removes its temporary files."""
    sys.exit(128 + signal.SIGTERM)


def _portable(error: Exception) -> Exception:
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:  # of a library, with arguments that don't go through a pipe
        return RuntimeError(f'{type(error).__name__}: {error}')
    return error


@contextlib.contextmanager
def _environment(variables: dict[str, str]) -> Iterator[None]:
    """Variables for a process that is started meanwhile; those that are set stay as they are."""
    added = {name: value for name, value in variables.items() if name not in os.environ}
    os.environ.update(added)
    try:
        yield
    finally:
        for name in added:
            os.environ.pop(name, None)
