"""One interval of a video as a user reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mmaction_mespot.intervals.detections import CLASSES


@dataclass(frozen=True)
class SpottedInterval:
    """A found interval in the video's own frames and in seconds.

    Attributes:
        label: Class, 0 MaE, 1 ME.
        score: Its score.
        onset: First frame, from 0.
        apex: Frame of the largest displacement.
        offset: Last frame (inclusive).
        onset_s: Time stamp of the first frame, seconds.
        apex_s: Time stamp of the apex.
        offset_s: Time stamp of the last frame.
        face: Number of the face.
        positions: Onset, apex and offset as positions of the working grid (where crops are kept by).
        note: What a reader should know about it, such as a gap inside; empty if nothing.
    """

    label: int
    score: float
    onset: int
    apex: int
    offset: int
    onset_s: float
    apex_s: float
    offset_s: float
    face: int
    positions: tuple[int, int, int]
    note: str = ''

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types, without the working grid."""
        return {
            'label': CLASSES[self.label],
            'score': round(self.score, 4),
            'onset': self.onset,
            'apex': self.apex,
            'offset': self.offset,
            'onset_s': round(self.onset_s, 9),
            'apex_s': round(self.apex_s, 9),
            'offset_s': round(self.offset_s, 9),
            'face': self.face,
            'note': self.note,
        }
