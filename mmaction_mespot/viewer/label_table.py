"""``corrected.csv``: a coder's intervals as labels that ``tools/prepare.py own`` and this viewer read."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mmaction_mespot.delimited_text import escape, unescape
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.detections import CLASSES
from mmaction_mespot.study.corrections import final_rows

FRAMES = ('onset', 'apex', 'offset')
FROM_1, IN_NAME = 'frame_1based', 'frame_in_name'
"""How the columns of frames end: counted from 1 in a video file; the number in the name of an image."""


def table_text(result: Mapping[str, Any], corrections: Mapping[str, Any], first: int | None) -> str:
    """The intervals that hold after a coder's corrections, as CSV.

    Args:
        result: Content of ``intervals.json``.
        corrections: The coder's file.
        first: Number in the name of the first image of a folder; None for a video file.

    Returns:
        One row per interval; a video without any has one row that only names it.
    """
    video, base = Path(result['video']['path']).name, 1 if first is None else first
    ending = FROM_1 if first is None else IN_NAME
    text = io.StringIO()
    writer = csv.writer(text, lineterminator='\n')
    seconds = [f'{key}_s' for key in FRAMES]
    frames = [f'{key}_{ending}' for key in FRAMES]
    writer.writerow(['video', *frames, 'type', *seconds, 'score', 'state', 'coder', 'note'])
    rows = final_rows(result, corrections)
    for row in rows:
        numbers = ['' if row[key] is None else row[key] + base for key in FRAMES]
        times = ['' if row[key] is None else f'{row[key]:.4f}' for key in seconds]
        score = '' if row['score'] is None else row['score']
        last = [score, row['state'], escape(corrections['coder']), escape(row['note'])]
        writer.writerow([escape(video), *numbers, row['label'], *times, *last])
    if not rows:
        writer.writerow([escape(video), *[''] * 8, '', escape(corrections['coder']), ''])
    return text.getvalue()


def read_table(table: bytes, result: Mapping[str, Any], first: int | None) -> dict[str, Any]:
    """Read a table back as a coder's decisions about what was found.

    Args:
        table: The CSV; columns ``onset``, ``apex``, ``offset`` without a base count as those with one.
        result: Content of ``intervals.json``.
        first: Number in the name of the first image of a folder; None for a video file.

    Returns:
        ``rows`` of corrections (see :func:`decide`), and the ``coder`` whom the table names, or None.

    Raises:
        MESpotError: If a row is none.
    """
    try:
        lines = list(csv.DictReader(io.StringIO(table.decode('utf-8-sig'), newline=''), strict=True))
    except (ValueError, csv.Error) as error:
        raise MESpotError(f'the table: no readable CSV ({error})') from error
    name, base = Path(result['video']['path']).name, 1 if first is None else first
    ending = FROM_1 if first is None else IN_NAME
    columns = {key: {f'{key}_{ending}', key} for key in FRAMES} | {'type': {'type'}, 'video': {'video'}}
    found = set(lines[0]) if lines else set()
    missing = [key for key, names in columns.items() if not names & found]
    if missing:
        wanted = ', '.join(f'{key}_{ending}' if key in FRAMES else key for key in missing)
        raise MESpotError(f'the table: found the columns {sorted(map(str, found))}, expected also {wanted}')
    fps = float(result['video']['fps'])
    intervals: list[dict[str, Any]] = []
    for number, line in enumerate(lines, start=2):
        if unescape(line['video'] or '') not in (name, Path(name).stem):
            continue
        if not any(line.get(column) for key in FRAMES for column in columns[key]):
            continue  # a row that only names the video
        frames = {
            key: _frame(next(line[c] for c in columns[key] if c in line), base, f'row {number}, {key}')
            for key in FRAMES
        }
        row: dict[str, Any] = {'label': line['type'], **frames}
        _check(row, int(result['video']['total_frames']), number, base)
        times = {f'{key}_s': None if row[key] is None else row[key] / fps for key in FRAMES}
        intervals.append({'id': f't{number}', **row, **times, 'note': unescape(line.get('note') or '')})
    coders = {unescape(line.get('coder') or '') for line in lines} - {''}
    return {'rows': decide(intervals, result), 'coder': coders.pop() if len(coders) == 1 else None}


def decide(intervals: Sequence[Mapping[str, Any]], result: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Intervals that somebody holds for events as decisions about what was found.

    Args:
        intervals: ``id``, ``label``, ``onset``, ``apex``, ``offset``, their seconds, and ``note``.
        result: Content of ``intervals.json``.

    Returns:
        Rows of corrections: an interval that is a candidate as it stands is accepted, any other is added; a
        candidate from the thresholds on that is not among them is rejected.
    """
    candidates = list(result['candidates'])
    touched: set[int] = set()
    rows: list[dict[str, Any]] = []
    keys = ('label', *FRAMES)
    for row in intervals:
        place = next((i for i, c in enumerate(candidates) if all(c[k] == row[k] for k in keys)), None)
        decided: dict[str, Any] = {'state': 'added', 'candidate': None}
        if place is not None:
            touched.add(place)
            decided = {'state': 'accepted', 'candidate': _candidate(candidates[place])}
            decided |= {f'{key}_s': candidates[place][f'{key}_s'] for key in FRAMES}
        rows.append({**row, **decided})
    for place, one in enumerate(candidates):
        if place not in touched and one['score'] >= result['thresholds'][one['label']]:
            rejected = {'id': f'c{place}', 'state': 'rejected', 'candidate': _candidate(one), 'note': ''}
            seconds = {f'{key}_s': one[f'{key}_s'] for key in FRAMES}
            rows.append({key: one[key] for key in keys} | seconds | rejected)
    return rows


def _candidate(one: Mapping[str, Any]) -> dict[str, Any]:
    return {key: one[key] for key in ('label', *FRAMES, 'score')}


def _frame(cell: str | None, base: int, place: str) -> int | None:
    if not cell or not cell.strip():
        return None
    try:
        return int(cell) - base
    except ValueError as error:
        raise MESpotError(f'the table: {place}: found {cell[:40]!r}, expected a number of a frame') from error


def _check(row: Mapping[str, Any], total: int, number: int, base: int) -> None:
    onset, apex, offset = (row[key] for key in FRAMES)
    middle = onset if apex is None else apex
    is_ordered = None not in (onset, offset) and 0 <= onset <= middle <= offset < total
    if row['label'] not in CLASSES or not is_ordered:
        wanted = f'one of {", ".join(CLASSES)} and {base} <= onset <= apex <= offset <= {total - 1 + base}'
        raise MESpotError(f'the table: row {number}: expected {wanted}')
