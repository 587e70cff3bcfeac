"""One event of a label table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass
class LabelledEvent:
    """One row of a label table; frame numbers are the table's own and inclusive.

    Attributes:
        video_id: The video that it belongs to.
        onset, apex, offset: Frame numbers; the apex is None where the table gives none.
        label: Class by the table's type (0 MaE, 1 ME).
        where: File, sheet and row.
        offset_filled: Whether a rule gave the offset.
        emotion, action_units, self_report: Texts of the table, empty where it has none.
        first_frame: Number of the video's first frame as the table counts. None if the table's numbers are
            those in the names of the frames (in a video file: from 1).
    """

    video_id: str
    onset: int
    apex: int | None
    offset: int
    label: int
    where: dict[str, Any]
    offset_filled: bool = False
    emotion: str = ''
    action_units: str = ''
    self_report: str = ''
    first_frame: int | None = None

    @property
    def place(self) -> str:
        """File, sheet and row for a message."""
        sheet = f', sheet {self.where["sheet"]}' if self.where.get('sheet') else ''
        return f'{self.where["file"]}{sheet}, row {self.where["row"]}'

    def instance(self, first_frame: int) -> dict[str, Any]:
        """Give the event as an instance of the common annotations.

        Args:
            first_frame: Number of the video's first frame as the table counts.
        """
        instance: dict[str, Any] = {
            'segment': [self.onset - first_frame, self.offset + 1 - first_frame],
            'label': self.label,
        }
        if self.apex is not None:
            instance['apex'] = self.apex - first_frame
        if self.emotion:
            instance['emotion'] = self.emotion
        if self.action_units:
            instance['action_units'] = self.action_units
        if self.self_report:
            instance['self_report'] = self.self_report
        instance['source'] = {'file': self.where['file'], 'row': self.where['row']}
        return instance
