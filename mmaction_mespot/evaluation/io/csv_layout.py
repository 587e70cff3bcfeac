"""Where a CSV file of detections holds what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.detections import ME

COLUMNS = ('subject', 'video', 'start', 'end', 'score', 'label', 'emotion')
"""What a column can hold."""


@dataclass(frozen=True)
class CsvLayout:
    """Names of the columns and the way of counting frames.

    Attributes:
        video: Column of the video's name.
        start: Column of the first frame.
        end: Column of the last frame, or of the one behind it.
        score: Column of the score; None: every score is 1.
        label: Column of the class; None: ``only_label``, or the class by length.
        subject: Column of the subject, or None.
        emotion: Column of the emotion, or None.
        first_frame: Number of a video's first frame.
        inclusive: Whether ``end`` is the last frame of the interval.
        only_label: Class of all rows where there is no column for it; None: by length.
        header: Order of the columns for writing.
    """

    video: str = 'video'
    start: str = 'start'
    end: str = 'end'
    score: str | None = None
    label: str | None = None
    subject: str | None = None
    emotion: str | None = None
    first_frame: int = 0
    inclusive: bool = False
    only_label: int | None = None
    header: tuple[str, ...] = ()

    def with_columns(self, text: str) -> CsvLayout:
        """Name columns by a text such as ``video=vid,start=onset,end=offset,score=conf,label=type``.

        Raises:
            MESpotError: If it names something that no column can hold.
        """
        names = {}
        for item in text.split(','):
            key, _, column = item.partition('=')
            if key.strip() not in COLUMNS or not column.strip():
                raise MESpotError(
                    f'columns: found {item!r}, expected KEY=COLUMN with KEY one of {", ".join(COLUMNS)}'
                )
            names[key.strip()] = column.strip()
        return replace(self, **names)  # type: ignore[arg-type]

    def wanted(self) -> list[str]:
        """The columns that a file must have."""
        named: Sequence[str | None] = [getattr(self, f.name) for f in fields(self) if f.name in COLUMNS]
        return [name for name in named if name is not None]


MEGC_LAYOUT = CsvLayout(
    'vid',
    'pred_onset',
    'pred_offset',
    label='type',
    first_frame=1,
    inclusive=True,
    header=('vid', 'pred_onset', 'pred_offset', 'type'),
)
"""Submissions of the spotting task of MEGC 2022-2025."""

STR_LAYOUT = CsvLayout(
    'video',
    'onset',
    'offset',
    subject='subject',
    emotion='emotion',
    first_frame=1,
    inclusive=True,
    only_label=ME,
    header=('subject', 'video', 'onset', 'offset', 'emotion'),
)
"""Submissions of the spot-then-recognise task (MEGC 2023-2025): micro-expressions only."""
