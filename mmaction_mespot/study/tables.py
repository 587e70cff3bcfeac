"""Two tidy tables over the results of a study: one row per interval, one row per video."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from filelock import FileLock

from mmaction_mespot.atomic_file import whole_file
from mmaction_mespot.checked_json import checker, read_checked
from mmaction_mespot.delimited_text import MAX_LABEL_ROWS, read_table, write_table
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.exports.coded_interval import moved_words
from mmaction_mespot.exports.read_result import read_result
from mmaction_mespot.intervals.detections import CLASSES
from mmaction_mespot.study.calibration_file import CALIBRATION, read_calibration
from mmaction_mespot.study.page import write_page
from mmaction_mespot.study.reviewed import subject_and_session

RESULT, FAILURE, LOCK = 'intervals.json', 'failure.json', '.tables.lock'
INTERVAL_COLUMNS = (
    'video',
    'subject',
    'session',
    'label',
    'onset_s',
    'apex_s',
    'offset_s',
    'length_s',
    'score',
    'probability',
    'onset_frame_0based',
    'apex_frame_0based',
    'offset_frame_0based',
    'face',
    'note',
    'moved',
)
VIDEO_COLUMNS = (
    'video',
    'subject',
    'session',
    'path',
    'model',
    'duration_s',
    'usable_s',
    'without_face_s',
    'fps',
    *(f'{label}_count' for label in CLASSES),
    *(f'{label}_per_min' for label in CLASSES),
    'expected_false_per_min',
    'notes',
)
FAILURE_COLUMNS = ('video', 'path', 'error')


def read_study(root: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read all results below a folder.

    Args:
        root: What ``tools/spot.py --out`` wrote.

    Returns:
        Intervals (columns :data:`INTERVAL_COLUMNS`) and videos (:data:`VIDEO_COLUMNS`), by name. Counts a
        minute are of the usable time, in which a face was seen; NaN where there is none. ``probability`` is
        that of a ``calibration.json`` in the folder, else that of the results, empty where they have none.

    Raises:
        MESpotError: If there is no such folder, or a file in it is no result.
    """
    if not root.is_dir():
        raise MESpotError(f'{root}: no such folder, expected the results of tools/spot.py')
    intervals: list[dict[str, Any]] = []
    videos: list[dict[str, Any]] = []
    for path in sorted(root.rglob(RESULT)):
        name = path.parent.relative_to(root).as_posix()
        content = read_result(path)
        try:
            who = subject_and_session(name)
            found = [_interval_row(name, who, row) for row in content['intervals']]
            videos.append(_video_row(name, who, content))
        except (KeyError, TypeError) as error:
            raise MESpotError(f'{path}: no result of tools/spot.py ({error!r})') from error
        intervals += found
    table = pd.DataFrame(intervals, columns=list(INTERVAL_COLUMNS)).astype({'probability': float})
    if len(table) and (root / CALIBRATION).is_file():
        labels = np.array([CLASSES.index(label) for label in table['label']])
        known = read_calibration(root / CALIBRATION)
        table['probability'] = known.probability(table['score'].to_numpy(dtype=float), labels).round(4)
    return (
        table,
        pd.DataFrame(videos, columns=list(VIDEO_COLUMNS)).astype({'expected_false_per_min': float}),
    )


def write_study(root: Path, meta: Path | None = None) -> None:
    """Write ``study.csv``, ``videos.csv``, ``failures.csv``, ``study.html``, and Parquet if pyarrow is there.

    Args:
        root: What ``tools/spot.py --out`` wrote; the tables go there.
        meta: The study's own table, see :func:`join_meta`. Defaults to None.

    Raises:
        MESpotError: As of :func:`read_study` and :func:`join_meta`.
    """
    root.mkdir(parents=True, exist_ok=True)
    # Of two runs that end together the later writer reads after the earlier one has written.
    with FileLock(root / LOCK):
        _write_study(root, meta)


def _write_study(root: Path, meta: Path | None) -> None:
    intervals, videos = read_study(root)
    page_videos, page_intervals = videos, intervals
    if meta is not None:
        intervals, videos = join_meta(intervals, meta), join_meta(videos, meta)
    failures = read_failures(root)
    _write(intervals, root / 'study.csv')
    _write(videos, root / 'videos.csv')
    _write(failures, root / 'failures.csv')
    if importlib.util.find_spec('pyarrow') is not None:
        for table, name in ((intervals, 'study.parquet'), (videos, 'videos.parquet')):
            with whole_file(root / name) as temporary:
                table.to_parquet(temporary, index=False)
    write_page(page_intervals, page_videos, failures, root / 'study.html')


_check_failure = checker(
    {'type': 'object', 'required': ['path', 'error'], 'additionalProperties': {'type': 'string'}}
)


def read_failures(root: Path) -> pd.DataFrame:
    """Videos that failed in their last run: name, path and reason, by name."""
    rows = []
    for path in sorted(root.rglob(FAILURE)):
        failure = read_checked(path, _check_failure, 'failure of tools/spot.py')
        rows.append({'video': path.parent.relative_to(root).as_posix(), **failure})
    return pd.DataFrame(rows, columns=list(FAILURE_COLUMNS))


def check_meta(path: Path) -> None:
    """Check the study's own table before any work; errors as of :func:`join_meta`."""
    for columns in (INTERVAL_COLUMNS, VIDEO_COLUMNS):
        join_meta(pd.DataFrame(columns=list(columns), dtype=str), path)


def join_meta(table: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Add the columns of the study's own table, by its column ``video`` or else ``subject``.

    Args:
        table: Intervals or videos.
        path: A CSV with one row per video or per subject.

    Returns:
        The table with the further columns behind its own; empty where the CSV has no row.

    Raises:
        MESpotError: If the CSV cannot be read, has neither column, names one twice, or has a column that
            the table has too.
    """
    for _ in read_table(path, (), lambda reason: MESpotError(f'{path}: {reason}'), max_rows=MAX_LABEL_ROWS):
        pass  # every row has a cell for each column, and no column stands twice
    try:
        meta = pd.read_csv(path, dtype={'video': str, 'subject': str}, keep_default_na=True)
    except ValueError as error:
        raise MESpotError(f'{path}: cannot be read as CSV ({error})') from error
    key = next((name for name in ('video', 'subject') if name in meta.columns), None)
    if key is None:
        raise MESpotError(f'{path}: expected a column video or subject, found {", ".join(meta.columns)}')
    for name in meta.columns:
        if pd.api.types.is_float_dtype(meta[name]) and np.isinf(meta[name]).any():
            row = int(np.flatnonzero(np.isinf(meta[name]))[0]) + 2
            raise MESpotError(
                f'{path}, row {row}: {name}: found infinity, expected a finite number or nothing'
            )
    twice = meta[key][meta[key].duplicated()]
    if len(twice):
        raise MESpotError(f'{path}: {key} {twice.iloc[0]!r} is in two rows, expected one')
    if key == 'video' and 'subject' in meta.columns:
        table = table.drop(columns='subject')
    shared = [name for name in meta.columns if name in table.columns and name != key]
    if shared:
        raise MESpotError(f'{path}: the column {shared[0]!r} is one of the tables too, give it another name')
    return table.merge(meta, how='left', on=key)


def _interval_row(name: str, who: tuple[str, str], row: dict[str, Any]) -> dict[str, Any]:
    return {
        'video': name,
        'subject': who[0],
        'session': who[1],
        'label': row['label'],
        **{key: row[key] for key in ('onset_s', 'apex_s', 'offset_s', 'score', 'face')},
        'length_s': round(row['offset_s'] - row['onset_s'], 9),
        'probability': row.get('probability'),
        **{f'{key}_frame_0based': row[key] for key in ('onset', 'apex', 'offset')},
        'note': row.get('note', ''),
        'moved': moved_words(row),
    }


def _video_row(name: str, who: tuple[str, str], content: dict[str, Any]) -> dict[str, Any]:
    video = content['video']
    counts = {label: sum(row['label'] == label for row in content['intervals']) for label in CLASSES}
    usable_s = round(video['duration_s'] - video.get('without_face_s', 0.0), 6)
    return {
        'video': name,
        'subject': who[0],
        'session': who[1],
        'path': video['path'],
        'model': content['model']['name'],
        'duration_s': video['duration_s'],
        'usable_s': usable_s,
        'without_face_s': video.get('without_face_s', float('nan')),
        'fps': video['fps'],
        **{f'{label}_count': count for label, count in counts.items()},
        **{
            f'{label}_per_min': round(60 * count / usable_s, 4) if usable_s > 0 else float('nan')
            for label, count in counts.items()
        },
        'expected_false_per_min': (content.get('false_per_minute') or {}).get('expected'),
        'notes': '; '.join(content['notes']),
    }


def _write(table: pd.DataFrame, path: Path) -> None:
    write_table(table, path)
