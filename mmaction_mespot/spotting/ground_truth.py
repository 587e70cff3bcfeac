"""Labels beside what was found in a video of one's own."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mmaction_mespot.annotations.cell_error import CellError
from mmaction_mespot.annotations.cells import event_class
from mmaction_mespot.annotations.event_times import event_times
from mmaction_mespot.annotations.own import COLUMNS, RULES
from mmaction_mespot.annotations.read_report import ReadReport
from mmaction_mespot.delimited_text import MAX_LABEL_ROWS, read_table
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.detections import CLASSES
from mmaction_mespot.preprocessing.video.folder_source import FolderSource

_LISTED_ROWS = 10
_ANY_FPS = 30.0


@dataclass(frozen=True)
class LabelledRow:
    """One event of the table, in the table's own numbers (inclusive).

    Attributes:
        video: Name of the video in the table.
        label: Class, 0 MaE, 1 ME.
        onset: First frame.
        apex: Apex, or None.
        offset: Last frame.
        row: Row of the table, the header is 1; 0 if it is not known.
    """

    video: str
    label: int
    onset: int
    apex: int | None
    offset: int
    row: int = 0


def read_ground_truth(path: str | Path) -> list[LabelledRow]:
    """Read a CSV ``video,onset,apex,offset,type``, as ``tools/prepare.py own`` takes it.

    Rows that only name a video hold no event.

    Raises:
        MESpotError: If it is not there, lacks a column, or a cell can't be understood.
    """
    path = Path(path)
    if not path.is_file():
        raise MESpotError(f'{path}: no such table of labels')
    rows, report = [], ReadReport(RULES)

    def error(reason: str) -> MESpotError:
        return MESpotError(f'{path}: {reason}')

    for number, cells in read_table(path, COLUMNS, error, lower=True, max_rows=MAX_LABEL_ROWS):
        where = {'file': path.name, 'sheet': '', 'row': number}
        row: dict[str, Any] = {key: cells[key] or None for key in COLUMNS}
        if row['video'] is None or all(row[key] is None for key in COLUMNS[1:]):
            continue
        try:
            label = event_class(row['type'], 'type')
            times = event_times(row, where, report)
        except CellError as wrong:
            raise MESpotError(f'{path}, row {number}, {wrong}') from wrong
        if times is not None:
            rows.append(LabelledRow(row['video'], label, times.onset, times.apex, times.offset, number))
    return rows


def ground_truth_of(
    video: Path,
    rows: Sequence[LabelledRow],
    total_frames: int,
    source_index: np.ndarray,
    time_s: np.ndarray,
) -> list[Mapping[str, Any]]:
    """The events of one video in its own frames (from 0) and seconds.

    In the table, frames are those in the images' names; in a video file the first one is 1.

    Args:
        video: The video.
        rows: The table; a row belongs to the video if it names its path's end, with or without the suffix.
        total_frames: Number of its frames.
        source_index: Some frames of the video, rising, (n,).
        time_s: Their times, (n,).

    Returns:
        ``label, onset, apex, offset`` and the same in seconds, by onset.

    Raises:
        MESpotError: If an event ends behind the video.
    """
    first, step = 1, 1
    if video.is_dir():
        folder = FolderSource(video, _ANY_FPS)
        first, step = folder.first_number, folder.step
    events = []
    for row in rows:
        if not _means(row.video, video):
            continue
        numbers = (row.onset, row.apex, row.offset)
        frames = [None if number is None else (number - first) // step for number in numbers]
        onset, apex, offset = frames
        if onset is None or onset < 0 or offset is None or offset >= total_frames:
            raise MESpotError(
                f'{video}: label {row.onset}..{row.offset} lies outside of its frames '
                f'{first}..{first + (total_frames - 1) * step}'
            )
        seconds = [
            None if frame is None else round(float(np.interp(frame, source_index, time_s)), 4)
            for frame in frames
        ]
        events.append(
            {
                'label': CLASSES[row.label],
                **dict(zip(('onset', 'apex', 'offset'), (onset, apex, offset), strict=True)),
                **dict(zip(('onset_s', 'apex_s', 'offset_s'), seconds, strict=True)),
            }
        )
    return sorted(events, key=lambda event: (event['onset'], event['offset']))


def check_labels(rows: Sequence[LabelledRow], videos: Sequence[Path]) -> list[LabelledRow]:
    """Check that a table of labels is one of these videos.

    Args:
        rows: The table.
        videos: The videos.

    Returns:
        The rows that name none of the videos.

    Raises:
        MESpotError: If that is all of them; the message lists them.
    """
    unused = [row for row in rows if not any(_means(row.video, video) for video in videos)]
    if rows and len(unused) == len(rows):
        listed = '; '.join(f'row {row.row}: {row.video}' for row in unused[:_LISTED_ROWS])
        more = f' and {len(unused) - _LISTED_ROWS} more' if len(unused) > _LISTED_ROWS else ''
        names = ', '.join(video.name for video in videos[:_LISTED_ROWS])
        raise MESpotError(f'--ground-truth: no row names a given video ({listed}{more}), expected {names}')
    return unused


def _means(name: str, video: Path) -> bool:
    """Whether a name of the table means the video."""
    parts = Path(unicodedata.normalize('NFC', name.replace('\\', '/'))).parts
    whole = Path(unicodedata.normalize('NFC', str(video.resolve())))
    return any(parts == path.parts[-len(parts) :] for path in (whole, whole.with_suffix('')))
