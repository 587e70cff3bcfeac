"""Reading and writing detections as CSV."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from mmaction_mespot.atomic_file import whole_file
from mmaction_mespot.delimited_text import TextRow, is_number, read_delimited
from mmaction_mespot.errors import MESpotError, list_problems
from mmaction_mespot.evaluation.io.challenge_log import LOG_LAYOUT, detections_of_log
from mmaction_mespot.evaluation.io.csv_layout import (
    UNKNOWN_LABEL,
    CsvLayout,
    VideoDetections,
    class_of,
    layout_of_cells,
    layout_of_header,
    parse_columns,
)
from mmaction_mespot.intervals.detections import MAE, ME, Detections

WRITTEN_NAMES = {MAE: 'mae', ME: 'me'}


LARGEST_NUMBER = 1e9
"""Greatest number of frames or score that a file may hold."""


@dataclass(frozen=True)
class _Row:
    """One row of a file."""

    segment: tuple[float, float]
    score: float
    label: int
    emotion: str
    origin: str
    place: str


def read_detection_csv(
    path: str | Path,
    layout: CsvLayout | None = None,
    columns: str | None = None,
    first_frame: int | None = None,
    inclusive: bool | None = None,
    only_label: int | None = None,
    video: str | None = None,
) -> list[VideoDetections]:
    """Read a table of detections, with or without a header, or a challenge's log file.

    Columns that mean nothing here are passed over. Frames outside the video are no fault at this point: only
    the annotations tell its length.

    Args:
        path: The file; see :func:`~mmaction_mespot.delimited_text.read_delimited`.
        layout: Its columns. Defaults to None, which finds them: by the header
            (:func:`~mmaction_mespot.evaluation.io.csv_layout.layout_of_header`), or by what stands in the
            columns (:func:`~mmaction_mespot.evaluation.io.csv_layout.layout_of_cells`).
        columns: Instead, columns by name, or by position ('1', ...) in a table without a header, see
            :func:`~mmaction_mespot.evaluation.io.csv_layout.parse_columns`. Defaults to None.
        first_frame: Number of a video's first frame. Defaults to None, which leaves it to the layout.
        inclusive: Whether the end is the last frame. Defaults to None, which leaves it to the layout.
        only_label: Class of all rows. Defaults to None.
        video: Name of the video where no column names it. Defaults to None: a column must.

    Returns:
        One entry per video (and subject), in the order of their first rows; rows keep their order. None for a
        file without any row.

    Raises:
        FileNotFoundError: If there is no such file.
        MESpotError: If the columns are not to be found, or with all cells that can't be read at once; each
            problem names file, row and column.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f'{path}: no such file of detections')
    rows = read_delimited(path)
    layout, header, body = _find_layout(path, rows, layout, columns, video is not None)
    changes = {'first_frame': first_frame, 'inclusive': inclusive, 'only_label': only_label}
    layout = replace(layout, **{k: v for k, v in changes.items() if v is not None})  # type: ignore[arg-type]
    if only_label is not None:
        layout = replace(layout, label=None)
    groups: dict[tuple[str | None, str], list[_Row]] = {}
    problems = []
    for row in body:
        origin = f'{path}, row {row.number}'
        try:
            if len(row.cells) != len(header):
                raise MESpotError(
                    f'{origin}: expected {len(header)} cells as in the first row, found {row.cells}'
                )
            cells = dict(zip(header, row.cells, strict=True))
            named = cells[layout.video] if layout.video else video
            if not named:
                raise MESpotError(
                    f'{origin}, column {layout.video}: the name of a video expected, found none'
                )
            key = (cells[layout.subject] if layout.subject else None, named)
            read = _read_row(cells, layout, origin)
        except MESpotError as error:
            problems.append(str(error))
            continue
        groups.setdefault(key, []).append(read)
    if problems:
        raise MESpotError(list_problems(str(path), problems))
    return [
        VideoDetections(
            name,
            Detections(
                np.array([row.segment for row in found]),
                np.array([row.score for row in found]),
                np.array([row.label for row in found]),
            ),
            found[0].origin,
            subject,
            tuple(row.emotion for row in found) if layout.emotion else None,
            tuple(row.place for row in found),
            layout.first_frame,
            layout.inclusive,
        )
        for (subject, name), found in groups.items()
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


def read_class(text: str, origin: str, type_index: bool = False) -> int:
    """The label of a class name such as ``me``, ``MaE``, ``micro-expression``, ``0``.

    Raises:
        MESpotError: If it is none.
    """
    label = class_of(text, type_index)
    if label is None:
        expected = '1 (MaE) or 2 (ME)' if type_index else 'one such as mae, macro, me, micro, 0, 1'
        raise MESpotError(f'{origin}: found class {text!r}, expected {expected}')
    return label


def read_number(text: str, origin: str) -> float:
    """A finite number, up to :data:`LARGEST_NUMBER`.

    Raises:
        MESpotError: If it is none.
    """
    value = float(text) if is_number(text) else math.nan
    if not abs(value) <= LARGEST_NUMBER:  # NaN fails too
        raise MESpotError(f'{origin}: a number expected, found {text!r:.60}')
    return value


def _find_layout(
    path: Path, rows: list[TextRow], layout: CsvLayout | None, columns: str | None, video_in_name: bool
) -> tuple[CsvLayout, list[str], list[TextRow]]:
    """The layout, the names of all columns, and the rows below the header."""
    log = detections_of_log(rows) if layout is None and columns is None else None
    if log is not None:
        return LOG_LAYOUT, ['1', '2', '3'], log
    first = list(rows[0].cells) if rows else []
    if not rows and layout is None:
        return CsvLayout(video=None), [], []
    given = parse_columns(columns) if columns is not None else None
    header, body = first, rows[1:]
    if layout is None and any(map(is_number, first)):
        header, body = [str(i + 1) for i in range(len(first))], rows
        if given is None:
            alike = [row.cells for row in rows if len(row.cells) == len(first)]
            layout = layout_of_cells(alike, str(path), video_in_name)
    double = sorted({name for name in header if name and header.count(name) > 1})
    if double:
        raise MESpotError(f'{path}: the columns {double} stand twice in the header, expected once')
    if layout is None:
        layout = layout_of_header(header, str(path), video_in_name, given)
    missing = [name for name in layout.wanted() if name not in header]
    if missing:
        raise MESpotError(f'{path}: columns {missing} expected, found {header}')
    return layout, header, body


def _read_row(cells: Mapping[str, str], layout: CsvLayout, origin: str) -> _Row:
    start, end = (read_number(cells[name], f'{origin}, column {name}') for name in (layout.start, layout.end))
    if end - start + layout.inclusive <= 0:
        least = 'at least' if layout.inclusive else 'beyond'
        raise MESpotError(f'{origin}: end {end:g}, expected {least} the start {start:g}')
    score = read_number(cells[layout.score], f'{origin}, column {layout.score}') if layout.score else 1.0
    if layout.label:
        label = read_class(cells[layout.label], f'{origin}, column {layout.label}', layout.type_index)
    else:
        label = UNKNOWN_LABEL if layout.only_label is None else layout.only_label
    return _Row(
        (start - layout.first_frame, end - layout.first_frame + layout.inclusive),
        score,
        label,
        cells[layout.emotion] if layout.emotion else '',
        origin,
        f'{origin}: {layout.start} {start:g}, {layout.end} {end:g}',
    )
