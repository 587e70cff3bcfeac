"""Notes on a video that cannot grow without bound."""

from __future__ import annotations

from collections import Counter

_LISTED = 20


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
