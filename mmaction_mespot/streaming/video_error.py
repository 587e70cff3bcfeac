"""Errors of videos that cannot be used."""

from __future__ import annotations

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.preprocessing.faces import NoFaceError


class VideoError(MESpotError):
    """A video that cannot be used; the message is one line that names it and says what is wrong."""


class NoFaceVideoError(VideoError, NoFaceError):
    """A video in which no face was found."""
