"""Processes that end with the one that started them, also when that one is killed."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from typing import Any

_PR_SET_PDEATHSIG = 1
_POLL_S = 0.5


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


def end_with_parent() -> None:
    """In a worker process: end it as soon as its parent is gone, and at Ctrl-C without a word."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    threading.Thread(target=exit_with_parent, daemon=True).start()


def end_pool(pool: ProcessPoolExecutor) -> None:
    """End a pool with what its workers are at, when its owner was interrupted."""
    workers = list((getattr(pool, '_processes', None) or {}).values())
    pool.shutdown(wait=False, cancel_futures=True)
    for worker in workers:
        worker.terminate()


def exit_with_parent() -> None:
    """Wait until the parent is gone, and end this process then; for a thread of its own."""
    parent, number = multiprocessing.parent_process(), os.getppid()
    if parent is not None:
        parent.join()
    else:  # not one of multiprocessing's
        while os.getppid() == number:
            time.sleep(_POLL_S)
    os._exit(1)
