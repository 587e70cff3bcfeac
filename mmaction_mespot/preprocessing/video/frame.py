"""A frame and its time, the errors of videos and frames that cannot be used, and notes on them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.preprocessing.faces import NoFaceError

_LISTED = 20


@dataclass(frozen=True)
class TimedFrame:
    """One decoded frame of a video.

    Attributes:
        index: Number of the frame in the source, from 0.
        time_s: Its time stamp in the source in seconds; the first frame has 0.
        image: (H, W, 3) RGB uint8, upright.
    """

    index: int
    time_s: float
    image: np.ndarray


class VideoError(MESpotError):
    """A video that cannot be used; the message is one line that names it and says what is wrong."""


class NoFaceVideoError(VideoError, NoFaceError):
    """A video in which no face was found."""


class FrameError(MESpotError):
    """A frame that is missing, damaged or of another size; the message names the file."""


class NoteList:
    """Add notes to a list; of each kind the first 20 are listed.

    Args:
        notes: Where to add them.
    """

    def __init__(self, notes: list[str]) -> None:
        self._notes = notes
        self._counts: Counter[str] = Counter()

    def add(self, kind: str, text: str) -> None:
        """Add a note, unless the list has it already.

        Args:
            kind: What it is about, in the plural, such as 'losses of the face'.
            text: The note.
        """
        if text in self._notes:
            return
        self._counts[kind] += 1
        if self._counts[kind] <= _LISTED:
            self._notes.append(text)
        elif self._counts[kind] == _LISTED + 1:
            self._notes.append(f'more {kind} are not listed')
