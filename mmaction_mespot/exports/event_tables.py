"""Tables of events: BORIS' tabular export and BIDS' ``events.tsv``."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

from mmaction_mespot.atomic_file import write_whole
from mmaction_mespot.checked_json import MAX_FRAMES
from mmaction_mespot.delimited_text import escape, unescape
from mmaction_mespot.errors import MESpotError

from .coded_interval import CodedInterval, Coding, class_of_tier

BORIS_COLUMNS = (
    'Observation id',
    'Observation date',
    'Description',
    'Observation duration',
    'Observation type',
    'Source',
    'Media duration (s)',
    'FPS',
    'Subject',
    'Behavior',
    'Behavioral category',
    'Behavior type',
    'Time',
    'Media file name',
    'Image index',
    'Image file path',
    'Comment',
)
BIDS_COLUMNS = ('onset', 'duration', 'trial_type', 'apex', 'score', 'probability', 'comment')
_DIGITS = {'score': 4, 'probability': 4}
MISSING = 'n/a'


def write_boris(coding: Coding, path: Path) -> None:
    """Write BORIS' tabular events: a row for the start and a row for the stop of each interval."""
    shared = {
        'Observation id': coding.media.stem,
        'Observation duration': f'{coding.duration_s:.3f}',
        'Observation type': 'Media file',
        'Source': f'player #1:{coding.media}',
        'Media duration (s)': f'{coding.duration_s:.3f}',
        'FPS': f'{coding.fps:g}',
        'Media file name': str(coding.media),
        'Subject': 'No focal subject',
    }
    rows = []
    for one in coding.intervals:
        for kind, time_s in (('START', one.onset_s), ('STOP', one.offset_s)):
            comment = one.text if kind == 'START' else ''
            own = {'Behavior': one.label, 'Behavior type': kind, 'Time': f'{time_s:.3f}', 'Comment': comment}
            rows.append((time_s, {**shared, **own}))
    _write(BORIS_COLUMNS, [row for _, row in sorted(rows, key=lambda row: row[0])], path)


def read_boris(path: Path) -> list[CodedInterval]:
    """Read tabular events (tabs or commas); lines above the header and other behaviours are passed over."""
    found: list[CodedInterval] = []
    started: dict[str, list[tuple[float, str]]] = {}
    for number, row in _rows(path, ('Behavior', 'Time')):
        label = class_of_tier(row['Behavior'])
        if label is None:
            continue
        kind = (row.get('Behavior type') or row.get('Status') or '').strip().upper()
        time_s = _number(row['Time'], path, number, 'Time')
        if kind == 'START':
            started.setdefault(label, []).append((time_s, row.get('Comment') or ''))
        elif kind == 'STOP' and started.get(label):
            onset_s, comment = started[label].pop(0)
            found.append(CodedInterval(label, onset_s, time_s).with_text(comment))
        else:
            raise MESpotError(
                f'{path}, line {number}: found {kind or "nothing"!r}, expected START or STOP in turn'
            )
    for label, open_ones in started.items():
        if open_ones:
            raise MESpotError(f'{path}: {label} starts at {open_ones[0][0]} s and never stops')
    return found


def write_bids(coding: Coding, path: Path) -> None:
    """Write ``events.tsv``: onset and duration in seconds, the class as ``trial_type``."""
    rows = [
        {
            'onset': f'{one.onset_s:.3f}',
            'duration': f'{one.offset_s - one.onset_s:.3f}',
            'trial_type': one.label,
            'apex': MISSING if one.apex_s is None else f'{one.apex_s:.3f}',
            'score': MISSING if one.score is None else f'{one.score:.4f}',
            'probability': MISSING if one.probability is None else f'{one.probability:.4f}',
            'comment': one.comment or MISSING,
        }
        for one in coding.intervals
    ]
    _write(BIDS_COLUMNS, rows, path)


def read_bids(path: Path) -> list[CodedInterval]:
    """Read ``events.tsv``; rows of other trial types are passed over."""
    found = []
    for number, row in _rows(path, ('onset', 'duration', 'trial_type')):
        label = class_of_tier(row['trial_type'])
        if label is None:
            continue
        onset_s = _number(row['onset'], path, number, 'onset')
        length_s = _number(row['duration'], path, number, 'duration')
        apex_s, score, chance = (
            None if (row.get(key) or MISSING) == MISSING else _number(row[key], path, number, key)
            for key in ('apex', 'score', 'probability')
        )
        comment = '' if (row.get('comment') or MISSING) == MISSING else row['comment']
        end_s = round(onset_s + length_s, 3)
        found.append(CodedInterval(label, onset_s, end_s, apex_s, score, comment, chance))
    return found


def _rows(path: Path, needed: Sequence[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Line number and cells of each row below the header."""
    lines = path.read_text(encoding='utf-8-sig').splitlines()
    for start, line in enumerate(lines):
        for delimiter in ('\t', ','):
            header = next(csv.reader([line], delimiter=delimiter), [])
            if set(needed) <= set(header):
                if twice := sorted({name for name in header if name and header.count(name) > 1}):
                    raise MESpotError(f'{path}, line {start + 1}: the columns {twice} stand twice')
                for number, cells in enumerate(
                    csv.reader(lines[start + 1 :], delimiter=delimiter), start + 2
                ):
                    if any(cells[len(header) :]):
                        expected = f'expected {len(header)} cells as in the header'
                        raise MESpotError(f'{path}, line {number}: found {len(cells)}, {expected}')
                    if any(cells):
                        filled = [*map(unescape, cells), *[''] * len(header)]
                        yield number, dict(zip(header, filled, strict=False))
                return
    raise MESpotError(f'{path}: found no header, expected the columns {", ".join(needed)}')


def _number(text: str, path: Path, line: int, column: str) -> float:
    try:
        value = round(float(text), _DIGITS.get(column, 3))
    except ValueError:
        value = -1.0
    if not 0 <= value <= MAX_FRAMES:
        raise MESpotError(
            f'{path}, line {line}: {column} is {text!r}, expected a number from 0 to {MAX_FRAMES}'
        )
    return value


def _write(columns: Sequence[str], rows: Sequence[dict[str, str]], path: Path) -> None:
    text = StringIO()
    writer = csv.DictWriter(text, columns, delimiter='\t', lineterminator='\n', restval='')
    writer.writeheader()
    writer.writerows({name: escape(cell) for name, cell in row.items()} for row in rows)
    write_whole(path, text.getvalue())
