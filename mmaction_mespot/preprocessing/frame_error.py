"""The error of a frame that can't be used."""

from __future__ import annotations


class FrameError(ValueError):
    """A frame that is missing, damaged or of another size; the message names the file."""
