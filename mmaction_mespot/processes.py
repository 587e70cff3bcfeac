"""Processes that end with the one that started them, also when that one is killed."""

from __future__ import annotations

import contextlib
import ctypes
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from multiprocessing import resource_tracker
from typing import Any

_PR_SET_PDEATHSIG = 1
_POLL_S = 0.5
_PATIENCE_S = 3.0


def bound_to_parent() -> dict[str, Any]:
    """Arguments for ``subprocess.Popen`` by which the child gets SIGTERM as soon as this process is gone.

    A killed process can't end its children itself. On Linux only; elsewhere the child goes on.
    """
    if not sys.platform.startswith('linux'):
        return {}
    parent, libc = os.getpid(), ctypes.CDLL(None, use_errno=True)

    def bind() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it was gone before
            os.kill(os.getpid(), signal.SIGTERM)

    return {'preexec_fn': bind}


@contextlib.contextmanager
def deaf_to_interrupts() -> Iterator[None]:
    """Keep Ctrl-C from the processes that are started meanwhile, from their first moment on.

    A terminal sends it to all. A worker that gets it while it imports says so with a traceback, and so does
    one whose parent is interrupted before it has said what to do. This process hears of it afterwards.
    """
    if not hasattr(signal, 'pthread_sigmask'):  # Windows
        yield
        return
    resource_tracker.ensure_running()  # its start lets go of the signals that are held back
    came: list[int] = []
    handler, is_main = signal.getsignal(signal.SIGINT), threading.current_thread() is threading.main_thread()
    if is_main and callable(handler):  # another thread may get the signal, which this one hears of
        signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        if is_main and callable(handler):
            signal.signal(signal.SIGINT, handler)
        if came:
            signal.raise_signal(signal.SIGINT)


@contextlib.contextmanager
def running(words: Sequence[str], **options: Any) -> Iterator[subprocess.Popen[Any]]:
    """Run one of our tools, which ends with this process, and when the block is interrupted or fails.

    A terminal sends Ctrl-C to the tool, too; whoever sends it to this process alone waits a moment longer.

    Args:
        words: The command line.
        options: Of ``subprocess.Popen``.

    Yields:
        The process; it has ended when the block has.
    """
    with contextlib.ExitStack() as stack:
        with deaf_to_interrupts():  # until it can end with one line
            process = stack.enter_context(subprocess.Popen(words, **options, **bound_to_parent()))
            stack.enter_context(_ending(process))
        yield process


@contextlib.contextmanager
def _ending(process: subprocess.Popen[Any]) -> Iterator[None]:
    """After an error end a child: politely, then by force."""
    try:
        yield
    except BaseException:
        for ask in (lambda: None, lambda: process.send_signal(signal.SIGINT), process.kill):
            ask()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_PATIENCE_S)
                break
        raise


def exit_with_parent() -> None:
    """Wait until the parent is gone, and end this process then; for a thread of its own."""
    parent, number = multiprocessing.parent_process(), os.getppid()
    if parent is not None:
        parent.join()
    else:  # not one of multiprocessing's
        while os.getppid() == number:
            time.sleep(_POLL_S)
    os._exit(1)
