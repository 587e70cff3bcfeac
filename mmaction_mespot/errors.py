"""The error that the command lines turn into one line."""

from __future__ import annotations


class MESpotError(ValueError):
    """Something the user gave (a config, a file, a checkpoint) cannot be used.

    The message names what was given, what was found and what was expected; the tools print it as one line.
    """
