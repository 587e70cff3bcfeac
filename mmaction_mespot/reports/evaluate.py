"""What `tools/evaluate.py` does: count detections under a protocol, sweep, compare, explain, export."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from mmaction_mespot.atomic_file import whole_file, write_whole
from mmaction_mespot.delimited_text import escape
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.functional.length_limits import parse_length_limits
from mmaction_mespot.evaluation.functional.protocol import Protocol
from mmaction_mespot.evaluation.functional.protocols import DEFAULT, PROTOCOLS, get_protocol
from mmaction_mespot.evaluation.functional.rates import thresholds_at_rate
from mmaction_mespot.evaluation.io.csv_layout import MEGC_LAYOUT, STR_LAYOUT, VideoDetections
from mmaction_mespot.evaluation.io.detection_csv import write_detection_csv
from mmaction_mespot.intervals.detections import CLASSES
from mmaction_mespot.reports.evaluate_input import EvaluationInput
from mmaction_mespot.reports.evaluate_tables import (
    comparison_table,
    counts_table,
    explanation_table,
    iou_sweep_table,
    protocols_table,
    rates_table,
    subjects_table,
    top_sweep_table,
)
from mmaction_mespot.reports.tables import EvaluationTable

SWEEPS = {'iou': iou_sweep_table, 'top_threshold': top_sweep_table}
OUTPUT_FORMATS = ('.csv', '.json', '.md')


PROTOCOL_OPTIONS = (
    'matching',
    'class_rule',
    'same_class',
    'iou_threshold',
    'strict',
    'inclusive_ends',
    'videos',
    'length_limits',
    'top_k',
    'floor_ends',
    'strict_scores',
)
"""Options of a protocol that the command line can set."""


def choose_protocol(name: str, options: Mapping[str, Any]) -> Protocol | None:
    """A preset with other options; None for ``all`` presets.

    Args:
        name: The preset, or ``all``.
        options: Options by name of the field; None leaves the preset's. ``length_limits`` as text,
            ``top_k`` 0 for all.

    Raises:
        MESpotError: If an option is out of its range, or given with ``all``.
    """
    given = {key: value for key, value in options.items() if value is not None}
    if name == 'all':
        if given:
            raise MESpotError(
                f'protocol all shows the presets as they are: choose one for {", ".join(given)}'
            )
        return None
    preset = get_protocol(name)
    try:
        if 'length_limits' in given:
            given['length_limits'] = parse_length_limits(given['length_limits'])
        if given.get('top_k') == 0:
            given['top_k'] = None
        changed = replace(preset, **given)
    except MESpotError as error:
        raise MESpotError(str(error)) from error
    return changed if changed == preset else replace(changed, name=f'{name}, changed')


def at_rate(given: EvaluationInput, rate: float, protocol: Protocol | None) -> EvaluationInput:
    """The same with thresholds chosen on its own videos for a rate of false detections per minute.

    Raises:
        MESpotError: If the rate is none, or the scores do not differ.
    """
    if not 0 <= rate < math.inf:
        raise MESpotError(f'false per minute: found {rate}, expected a number of at least 0')
    if not given.scored:
        raise MESpotError(f'{given.name}: all scores are equal, so that no threshold can keep to a rate')
    chosen = thresholds_at_rate(given.videos, rate, protocol or DEFAULT)
    thresholds = dict(zip(CLASSES, chosen, strict=True))
    named = ', '.join(f'{name} {value:g}' for name, value in thresholds.items())
    note = (
        f'thresholds for at most {rate:g} false detections per minute, chosen on these videos: {named}; '
        'give them to others by --threshold, on these they are an upper bound'
    )
    return replace(given, thresholds=thresholds, top_threshold=None, pooled=(), notes=(*given.notes, note))


def build_tables(
    given: EvaluationInput,
    protocol: Protocol | None,
    sweeps: Sequence[str] = (),
    subjects: bool = False,
    explain: bool = False,
    other: EvaluationInput | None = None,
    samples: int = 2000,
) -> list[EvaluationTable]:
    """Count and make the tables.

    Args:
        given: Labels and detections.
        protocol: The rules; None for a row under each preset.
        sweeps: Texts such as ``iou=0.5,0.4`` or ``top_threshold=0.30:0.60:0.05``.
        subjects: Whether to list the subjects.
        explain: Whether to list every label and detection.
        other: Detections to compare with.
        samples: Draws of the bootstrap. Defaults to 2000.

    Raises:
        MESpotError: If a sweep can't be understood, or something else than counts is asked of all presets.
    """
    if protocol is None:
        if sweeps or subjects or explain or other is not None:
            raise MESpotError('protocol all gives one row a preset: choose one of them for anything else')
        return [protocols_table(given, list(PROTOCOLS.values()))]
    given, other = given.under(protocol), None if other is None else other.under(protocol)
    if other is not None:
        tables = [comparison_table(given, other, protocol, samples)]
    else:
        tables = [counts_table(given, protocol), rates_table(given, protocol, samples)]
    for sweep in sweeps:
        kind, values = parse_sweep(sweep)
        tables.append(SWEEPS[kind](given, protocol, values))
    if subjects:
        tables.append(subjects_table(given, protocol))
    if explain:
        tables.append(explanation_table(given, protocol))
    return tables


def parse_sweep(text: str) -> tuple[str, list[float]]:
    """Read ``KIND=V,V,...`` or ``KIND=FIRST:LAST:STEP`` (the last one included).

    Raises:
        MESpotError: If it is neither, or a value lies outside (0, 1].
    """
    kind, _, values = text.partition('=')
    try:
        if ':' in values:
            first, last, step = map(float, values.split(':'))
            numbers = [round(first + i * step, 9) for i in range(int((last - first) / step + 1e-9) + 1)]
        else:
            numbers = [float(value) for value in values.split(',')]
    except (ValueError, ZeroDivisionError):
        numbers = []
    if kind not in SWEEPS or not numbers or not all(0 < number <= 1 for number in numbers):
        raise MESpotError(
            f'sweep: found {text!r}, expected {" or ".join(SWEEPS)}, then = and values in (0, 1] such as '
            '0.5,0.4,0.3 or 0.30:0.60:0.05'
        )
    return kind, numbers


def parse_thresholds(text: str) -> dict[str, float]:
    """Read a score threshold for each class, such as ``MaE=0.5,ME=0.4``, or one number for both.

    Raises:
        MESpotError: If it can't be understood.
    """
    items = [item.partition('=') for item in text.split(',')]
    try:
        if len(items) == 1 and not items[0][1]:
            thresholds = dict.fromkeys(CLASSES, float(text))
        else:
            thresholds = {name.strip(): float(value) for name, _, value in items}
    except ValueError:
        thresholds = {}
    is_whole = len(thresholds) == len(CLASSES) and len(items) in (1, len(CLASSES))
    if not is_whole or set(thresholds) != set(CLASSES) or not all(map(math.isfinite, thresholds.values())):
        raise MESpotError(f'thresholds: found {text!r}, expected one such as MaE=0.5,ME=0.4')
    return {name: thresholds[name] for name in CLASSES}


def parse_half_lengths(text: str) -> dict[str, int] | int:
    """Read half the length of an event in frames: one number, or one by class such as ``MaE=18,ME=6``.

    Raises:
        MESpotError: If it can't be understood.
    """
    items = [item.partition('=') for item in text.split(',')]
    whole = [part.strip().isdecimal() and int(part) > 0 for part in (i[2] if i[1] else i[0] for i in items)]
    names = [name.strip() for name, equals, _ in items if equals]
    is_one = len(items) == 1 and not names
    if not all(whole) or not (is_one or (len(names) == len(items) and set(names) <= set(CLASSES))):
        raise MESpotError(f'half length: found {text!r}, expected frames such as 6 or MaE=18,ME=6')
    return int(text) if is_one else {name.strip(): int(number) for name, _, number in items}


def write_tables(tables: Sequence[EvaluationTable], path: str | Path, about: Mapping[str, Any]) -> list[Path]:
    """Write tables as CSV (one file a table), JSON or Markdown, by the ending of the path.

    Args:
        tables: The tables.
        path: Where to; CSV files after the first get the table's name appended.
        about: What was evaluated and how, for JSON.

    Returns:
        The written files.

    Raises:
        MESpotError: If the ending is another one.
    """
    path = Path(path)
    if path.suffix not in OUTPUT_FORMATS:
        raise MESpotError(f'{path}: one of the endings {", ".join(OUTPUT_FORMATS)} expected')
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == '.md':
        write_whole(path, '\n'.join(table.markdown() for table in tables))
    elif path.suffix == '.json':
        data = {**about, 'tables': {table.name: table.records() for table in tables}}
        write_whole(path, json.dumps(data, indent=1) + '\n')
    else:
        paths = [path, *(path.with_name(f'{path.stem}_{table.name}.csv') for table in tables[1:])]
        for file_path, table in zip(paths, tables, strict=True):
            with (
                whole_file(file_path) as temporary,
                temporary.open('w', encoding='utf-8', newline='') as file,
            ):
                rows = ([escape(cell) for cell in row] for row in (table.header, *table.rows))
                csv.writer(file, lineterminator='\n').writerows(rows)
        return paths
    return [path]


def describe_protocol(protocol: Protocol) -> dict[str, Any]:
    """A protocol as plain JSON types; no limit is null."""
    data = asdict(protocol)
    for limits in data['length_limits']:
        limits['max_frames'] = [None if math.isinf(value) else value for value in limits['max_frames']]
    return data


def export_megc(given: EvaluationInput, path: str | Path) -> int:
    """Write the kept detections as a submission of MEGC's spotting task; gives the number of rows."""
    videos = [VideoDetections(video.video_id, video.detections) for video in given.final_videos]
    return write_detection_csv(videos, path, MEGC_LAYOUT)


def export_str(given: EvaluationInput, path: str | Path, emotion: str) -> int:
    """Write the kept ME detections in the spot-then-recognise layout, all of one emotion; gives the rows."""
    videos = [
        VideoDetections(
            video.video_id, video.detections, '', video.subject, (emotion,) * len(video.detections)
        )
        for video in given.final_videos
    ]
    return write_detection_csv(videos, path, STR_LAYOUT)
