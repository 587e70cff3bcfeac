"""Errors of the command lines: one line and exit code 2 for what the user can mend, a traceback for a bug."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable

from mmaction_mespot.errors import MESpotError

TRACEBACK_VARIABLE = 'MESPOT_TRACEBACK'
USER_ERROR_EXIT_CODE = 2
INTERRUPTED_EXIT_CODE = 130
BROKEN_PIPE_EXIT_CODE = 141
# Where a complaint comes from what a config or a data file says, not from a bug.
_INPUT_CHECKERS = ('mmaction_mespot', 'mmengine')
_INPUT_ERRORS = (ValueError, KeyError, TypeError, AssertionError)


def run_command(main: Callable[[], object]) -> int:
    """Run a tool's ``main`` and turn the user's errors into one line on stderr.

    Args:
        main (Callable): The tool; it raises on failure.

    Returns:
        int: Exit code: what ``main`` returned if that is a number, else 0; 2 after a user's error, 130 after
        Ctrl-C, 141 if whoever read the output left. Any other exception passes through with its traceback;
        with ``MESPOT_TRACEBACK=1`` in the environment the user's errors do too.
    """
    try:
        code = main()
        sys.stdout.flush()
    except KeyboardInterrupt:
        if os.environ.get(TRACEBACK_VARIABLE) == '1':
            raise
        print('interrupted; what was finished is kept', file=sys.stderr)
        return INTERRUPTED_EXIT_CODE
    except BrokenPipeError:
        # Python flushes standard output once more at its end: into nothing.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE_EXIT_CODE
    except Exception as error:
        if os.environ.get(TRACEBACK_VARIABLE) == '1' or not is_user_error(error):
            raise
        hint = '' if isinstance(error, MESpotError) else f' ({TRACEBACK_VARIABLE}=1 shows where)'
        print(f'error: {describe(error)}{hint}', file=sys.stderr)
        return USER_ERROR_EXIT_CODE
    return code if type(code) is int else 0


def is_user_error(error: BaseException) -> bool:
    """Tell an error in what the user gave from a bug.

    Args:
        error (BaseException): What was raised.

    Returns:
        bool: True for a :class:`MESpotError`, any ``OSError``, and what this package or MMEngine (registry,
        config, data set) raised while checking its input, in a worker process of the data loader too.
    """
    if isinstance(error, MESpotError | OSError):
        return True
    if not isinstance(error, _INPUT_ERRORS):
        return False
    if 'in DataLoader worker process' in str(error):
        return any(f'{os.sep}{package}{os.sep}' in str(error) for package in _INPUT_CHECKERS)
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    raised_in = frames[-1].f_globals.get('__name__', '') if frames else ''
    return raised_in.partition('.')[0] in _INPUT_CHECKERS


def describe(error: BaseException) -> str:
    """Say in one line what went wrong.

    Args:
        error (BaseException): What was raised.

    Returns:
        str: The message, with the kind of error in front where the message alone says little.
    """
    message = str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)
    if 'in DataLoader worker process' in message:
        return message.strip().splitlines()[-1]
    # All problems of a file are listed at once, a line each.
    line = '\n  - '.join(' '.join(part.split()) for part in message.split('\n  - '))
    return line if isinstance(error, MESpotError) else f'{type(error).__name__}: {line}'
