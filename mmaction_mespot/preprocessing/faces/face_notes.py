"""What a user should know about the face of a video."""

from __future__ import annotations

from mmaction_mespot.preprocessing.faces.follower import FaceChoice
from mmaction_mespot.preprocessing.video import NoteList

_CHOSEN = {
    'largest': 'the largest at the start is followed',
    'center': 'the one nearest to the middle at the start is followed',
}


class FaceNotes:
    """Turn what happens to the face into notes, with times in the source.

    Args:
        notes: Where to add them.
        face: Which face is followed.
    """

    def __init__(self, notes: list[str], face: FaceChoice) -> None:
        self._notes = NoteList(notes)
        self._chosen = _CHOSEN[face] if isinstance(face, str) else None
        self._crowded = False
        self._lost_at: float | None = None
        self._gone = False
        self._seen = False

    def count(self, faces: int | None, time_s: float) -> None:
        """Take the number of faces that a detection found."""
        if faces is not None and faces > 1 and self._chosen is not None and not self._crowded:
            self._crowded = True
            self._notes.add('faces', f'several faces (first at {time_s:.1f} s); {self._chosen}')

    def lost(self, time_s: float) -> None:
        """The face is not there from here on."""
        self._lost_at = time_s

    def gone(self) -> None:
        """The loss is too long to be bridged."""
        self._gone = True

    def found(self, time_s: float, other: bool) -> None:
        """The face is there.

        Args:
            time_s: Time of the frame.
            other: Whether it lies where the face of before cannot have gone.
        """
        if self._lost_at is not None:
            self._notes.add('losses of the face', self._loss(f'{self._lost_at:.1f}-{time_s:.1f} s', other))
        if other:
            self._notes.add(
                'jumps of the face', f'another face may be followed from {time_s:.1f} s on: it lies elsewhere'
            )
        self._lost_at, self._gone, self._seen = None, False, True

    def finish(self) -> None:
        """The video is at its end."""
        if self._lost_at is not None and self._seen:
            self._notes.add('losses of the face', self._loss(f'from {self._lost_at:.1f} s to the end', False))

    def _loss(self, when: str, other: bool) -> str:
        if self._gone or other or not self._seen:
            return f'face lost {when}' if self._seen else f'no face {when}'
        return f'face lost {when}: bridged'
