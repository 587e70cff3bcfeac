"""Ctrl-C in a tool: one line and a fixed exit code, from the first import to the last breath."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn

STEP_VARIABLE = 'MESPOT_STEP'
"""Set to ``1`` for a tool that another one runs as a step: at Ctrl-C the other one speaks."""
TRACEBACK_VARIABLE = 'MESPOT_TRACEBACK'
"""Set to ``1`` to see where a tool ended."""

Hook = Callable[[type[BaseException], BaseException, TracebackType | None], Any]

INTERRUPTED_EXIT_CODE = 130
_AGAIN_S = 0.05


def end_imports_at_interrupts() -> None:
    """Let Ctrl-C end a tool of ours with one line while it still imports, which may take seconds.

    Nothing was begun then, and an exception in the middle of an import says a screenful, or is taken by a
    library for a broken installation. Elsewhere than in our tools nothing changes.
    """
    script = Path(getattr(sys.modules.get('__main__'), '__file__', None) or '')
    package = Path(__file__).parent
    ours = (package.parent / 'tools', package / '.mim' / 'tools')
    is_tool = script.stem == 'mespot' or any(script.resolve().is_relative_to(folder) for folder in ours)
    is_main = threading.current_thread() is threading.main_thread()
    if not is_tool or not is_main or os.environ.get(TRACEBACK_VARIABLE) == '1':
        return
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _end_now)
        if hasattr(signal, 'pthread_sigmask'):  # whoever starts a tool as a step holds it back until now
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


@contextmanager
def interruptible() -> Iterator[None]:
    """While a tool works, Ctrl-C is an exception; after its work there is nothing left to interrupt."""
    is_tool, hooks = signal.getsignal(signal.SIGINT) is _end_now, (sys.unraisablehook, sys.excepthook)
    if is_tool:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.unraisablehook, sys.excepthook = _again, _without_orphans(os.getpid(), sys.excepthook)
    try:
        yield
    finally:
        sys.unraisablehook, sys.excepthook = hooks
        if is_tool:
            signal.signal(signal.SIGINT, signal.SIG_IGN)


def _without_orphans(tool: int, hook: Hook) -> Hook:
    """Data loaders fork: a thread in which a worker shares tensors misses the tool when that has ended."""

    def tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if os.getpid() == tool or not issubclass(kind, (OSError, EOFError)):
            hook(kind, error, trace)

    return tell


def say_interrupted() -> None:
    """One line; no word where this tool is a step of another one."""
    if os.environ.get(STEP_VARIABLE) != '1':
        print('interrupted; what was finished is kept', file=sys.stderr, flush=True)


def _again(unraisable: sys.UnraisableHookArgs) -> None:
    """Where Ctrl-C met a ``__del__`` (as of a data loader), which drops it: a moment later once more."""
    if unraisable.exc_type is not KeyboardInterrupt:
        sys.__unraisablehook__(unraisable)
        return
    timer = threading.Timer(_AGAIN_S, signal.raise_signal, (signal.SIGINT,))
    timer.daemon = True
    timer.start()


def _end_now(*_: object) -> NoReturn:
    say_interrupted()
    os._exit(INTERRUPTED_EXIT_CODE)
