"""The errors that the command lines turn into one line."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence


class MESpotError(ValueError):
    """Something the user gave (a config, a file, a checkpoint) cannot be used.

    The message names what was given, what was found and what was expected; the tools print it as one line.
    """


def is_user_error(error: BaseException) -> bool:
    """Tell an error in what the user gave, or of the machine, from a bug; the class decides.

    Args:
        error: What was raised.

    Returns:
        True for a :class:`MESpotError`, any ``OSError``, and where memory ran out.
    """
    torch = sys.modules.get('torch')  # only who has imported it can have its error
    no_memory = (MemoryError,) if torch is None else (MemoryError, torch.OutOfMemoryError)
    return isinstance(error, (MESpotError, OSError, *no_memory))


def show_bug(error: BaseException) -> None:
    """Print the traceback of an error that is nobody's but ours, where the work goes on after it."""
    if not is_user_error(error):
        traceback.print_exception(error)


def list_problems(origin: str, problems: Sequence[str]) -> str:
    """One text for all problems of a file: the problem itself where there is one, else one line each.

    Args:
        origin: The file.
        problems: One line per problem; each names its place, what was found and what was expected.
    """
    if len(problems) == 1:
        return problems[0]
    return '\n  - '.join([f'{origin}: {len(problems)} problems', *problems])
