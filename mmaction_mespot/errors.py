"""The error that the command lines turn into one line."""

from __future__ import annotations

from collections.abc import Sequence


class MESpotError(ValueError):
    """Something the user gave (a config, a file, a checkpoint) cannot be used.

    The message names what was given, what was found and what was expected; the tools print it as one line.
    """


def list_problems(origin: str, problems: Sequence[str]) -> str:
    """One text for all problems of a file: the problem itself where there is one, else one line each.

    Args:
        origin: The file.
        problems: One line per problem; each names its place, what was found and what was expected.
    """
    if len(problems) == 1:
        return problems[0]
    return '\n  - '.join([f'{origin}: {len(problems)} problems', *problems])
