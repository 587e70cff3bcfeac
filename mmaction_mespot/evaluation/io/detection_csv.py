"""Reading and writing detections as CSV."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from mmaction_mespot.atomic_file import whole_file
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.io.csv_layout import CsvLayout
from mmaction_mespot.evaluation.io.video_detections import UNKNOWN_LABEL, VideoDetections
from mmaction_mespot.intervals.detections import MAE, ME, Detections
from mmaction_mespot.strict_csv import read_csv

CLASS_NAMES = {
    **dict.fromkeys(('mae', 'macro', 'macro-expression', '0'), MAE),
    **dict.fromkeys(('me', 'micro', 'micro-expression', '1'), ME),
}
"""How files call the classes, in lower case."""

WRITTEN_NAMES = {MAE: 'mae', ME: 'me'}

LARGEST_NUMBER = 1e9

Row = tuple[float, float, float, int, str]


def read_detection_csv(path: str | Path, layout: CsvLayout) -> list[VideoDetections]:
    """Read a CSV file with a header; other columns than those of the layout are passed over.

    Args:
        path: The file.
        layout: Its columns.

    Returns:
        One entry a video (and subject), in the order of their first rows; rows keep their order.

    Raises:
        FileNotFoundError: If there is no such file.
        MESpotError: If a column is missing or a cell can't be read; the message names file, row and column.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f'{path}: no such file of detections')

    def error(reason: str) -> MESpotError:
        return MESpotError(f'{path}, {reason}' if reason.startswith('row') else f'{path}: {reason}')

    groups: dict[tuple[str | None, str], list[Row]] = {}
    origins: dict[tuple[str | None, str], str] = {}
    for number, cells in read_csv(path, layout.wanted(), error, exact=True):
        origin = f'{path}, row {number}'
        key = (cells[layout.subject] if layout.subject else None, cells[layout.video])
        if not key[1]:
            raise MESpotError(f'{origin}, column {layout.video}: the name of a video expected, found none')
        groups.setdefault(key, []).append(_read_row(cells, layout, origin))
        origins.setdefault(key, origin)
    return [
        VideoDetections(
            video,
            Detections(
                np.array([row[:2] for row in rows]),
                np.array([row[2] for row in rows]),
                np.array([row[3] for row in rows]),
            ),
            origins[subject, video],
            subject,
            tuple(row[4] for row in rows) if layout.emotion else None,
        )
        for (subject, video), rows in groups.items()
    ]


def write_detection_csv(videos: Iterable[VideoDetections], path: str | Path, layout: CsvLayout) -> int:
    """Write detections in a challenge's layout, whole frames, complete or not at all.

    Boundaries between frames are rounded half up; an interval holds at least one frame. Where the layout has
    room for one class only, detections of the other one are left out.

    Args:
        videos: Detections by video.
        path: Where to; missing folders are made.
        layout: Columns with their order in ``header``.

    Returns:
        Number of rows below the header.

    Raises:
        MESpotError: If the layout needs a subject or emotions and a video has none.
    """
    rows: list[list[object]] = []
    for video in videos:
        for name, value in ((layout.subject, video.subject), (layout.emotion, video.emotions)):
            if name is not None and value is None:
                raise MESpotError(f'{path}: column {name} needs a value, video {video.video} has none')
        starts = np.floor(video.detections.segments[:, 0] + 0.5).astype(int)
        ends = np.maximum(np.floor(video.detections.segments[:, 1] + 0.5).astype(int), starts + 1)
        for i, label in enumerate(video.detections.labels.tolist()):
            if layout.only_label is not None and label != layout.only_label:
                continue
            cells: dict[str | None, object] = {
                layout.video: video.video,
                layout.start: starts[i] + layout.first_frame,
                layout.end: ends[i] + layout.first_frame - layout.inclusive,
                layout.subject: video.subject,
                layout.label: WRITTEN_NAMES.get(label),
                layout.emotion: video.emotions[i] if video.emotions else None,
            }
            rows.append([cells[name] for name in layout.header])
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as temporary, temporary.open('w', encoding='utf-8', newline='') as file:
        writer = csv.writer(file, lineterminator='\n')
        writer.writerow(layout.header)
        writer.writerows(rows)
    return len(rows)


def read_class(text: str, origin: str) -> int:
    """The label of a class name such as ``me``, ``MaE``, ``micro-expression``, ``0``.

    Raises:
        MESpotError: If it is none.
    """
    if text.lower() not in CLASS_NAMES:
        raise MESpotError(f'{origin}: found class {text!r}, expected one of {", ".join(CLASS_NAMES)}')
    return CLASS_NAMES[text.lower()]


def read_number(text: str, origin: str) -> float:
    """A finite number, up to :data:`LARGEST_NUMBER`.

    Raises:
        MESpotError: If it is none.
    """
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not abs(value) <= LARGEST_NUMBER:  # NaN fails too
        raise MESpotError(f'{origin}: a number expected, found {text!r:.60}')
    return value


def read_segment(
    start: float, end: float, first_frame: int, inclusive: bool, origin: str
) -> tuple[float, float]:
    """The half-open interval from 0 of two frame numbers of a file.

    Raises:
        MESpotError: If it ends before it starts, or starts before the first frame.
    """
    if start < first_frame:
        raise MESpotError(f'{origin}: start {start:g}, but frames are numbered from {first_frame}')
    segment = start - first_frame, end - first_frame + inclusive
    if segment[1] <= segment[0]:
        least = 'at least' if inclusive else 'beyond'
        raise MESpotError(f'{origin}: end {end:g}, expected {least} the start {start:g}')
    return segment


def _read_row(cells: Mapping[str, str], layout: CsvLayout, origin: str) -> Row:
    numbers = [read_number(cells[name], f'{origin}, column {name}') for name in (layout.start, layout.end)]
    segment = read_segment(numbers[0], numbers[1], layout.first_frame, layout.inclusive, origin)
    score = read_number(cells[layout.score], f'{origin}, column {layout.score}') if layout.score else 1.0
    if layout.label:
        label = read_class(cells[layout.label], f'{origin}, column {layout.label}')
    else:
        label = UNKNOWN_LABEL if layout.only_label is None else layout.only_label
    return *segment, score, label, cells[layout.emotion] if layout.emotion else ''
