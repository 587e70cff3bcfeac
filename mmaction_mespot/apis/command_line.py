"""Errors of the command lines: one line and exit code 2 for what the user can mend, a traceback for a bug."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable

from mmaction_mespot.environment import print_what_can_be_printed
from mmaction_mespot.errors import MESpotError, is_user_error
from mmaction_mespot.interrupts import (
    INTERRUPTED_EXIT_CODE,
    TRACEBACK_VARIABLE,
    interruptible,
    say_interrupted,
)

USER_ERROR_EXIT_CODE = 2
BROKEN_PIPE_EXIT_CODE = 141


def run_command(main: Callable[[], object]) -> int:
    """Run a tool's ``main`` and turn the user's errors into one line on stderr.

    Args:
        main (Callable): The tool; it raises on failure.

    Returns:
        int: Exit code: what ``main`` returned if that is a number, else 0; 2 after a user's error, 130 after
        Ctrl-C, 141 if whoever read the output left. Any other exception passes through with its traceback;
        with ``MESPOT_TRACEBACK=1`` in the environment the user's errors do too.
    """
    print_what_can_be_printed()
    try:
        with interruptible():
            try:
                code = main()
            finally:  # also what --help printed
                _flush()
    except BrokenPipeError:
        _drop_output()
        return BROKEN_PIPE_EXIT_CODE
    except (KeyboardInterrupt, Exception) as error:
        interrupted = _is_interrupt(error)
        if os.environ.get(TRACEBACK_VARIABLE) == '1' or not (interrupted or is_user_error(error)):
            raise
        if interrupted:
            say_interrupted()
            return INTERRUPTED_EXIT_CODE
        hint = '' if isinstance(error, MESpotError) else f' ({TRACEBACK_VARIABLE}=1 shows where)'
        _say(f'error: {describe(error)}{hint}')
        return USER_ERROR_EXIT_CODE
    return code if type(code) is int else 0


def _is_interrupt(error: BaseException | None) -> bool:
    """Whether Ctrl-C is behind an error: MMEngine takes it for a fault of the config that it writes."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error is not None


def describe(error: BaseException) -> str:
    """Say in one line what went wrong.

    Args:
        error (BaseException): What was raised.

    Returns:
        str: The message, with the kind of error in front where the message alone says little.
    """
    message = str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)
    if 'in DataLoader worker process' in message:  # the worker's traceback, its last line is the message
        message = message.strip().splitlines()[-1]
        if isinstance(error, MESpotError):
            message = message.partition(': ')[2]
    # All problems of a file are listed at once, a line each.
    line = '\n  - '.join(' '.join(part.split()) for part in message.split('\n  - '))
    return line if isinstance(error, MESpotError) else f'{type(error).__name__}: {line or "no memory"}'


def _flush() -> None:
    """Bring out what was printed; a disk without room for it is an error like any other."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        _drop_output()
        raise OSError(error.errno or errno.EIO, error.strerror, '<standard output>') from error


def _drop_output() -> None:
    """Python flushes standard output once more at its end: into nothing."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _say(line: str) -> None:
    """One line for the user; bytes of file names that are no text are escaped."""
    encoding = sys.stderr.encoding or 'utf-8'
    print(line.encode(encoding, 'backslashreplace').decode(encoding), file=sys.stderr)
