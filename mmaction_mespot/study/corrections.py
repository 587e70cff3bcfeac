"""What a coder decided about the intervals of a video: one JSON file per coder beside ``intervals.json``."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import jsonschema

from mmaction_mespot.atomic_file import write_json
from mmaction_mespot.contained import path_inside
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.detections import CLASSES
from mmaction_mespot.strict_json import read_json

FOLDER = 'corrections'
FORMAT, VERSION = 'mmaction_mespot.corrections', 1
STATES = ('accepted', 'corrected', 'rejected', 'added')
CODER = re.compile(r'[^\W_][\w .-]{0,63}(?<![ .])')
"""Names of coders, which are names of files too."""

_FRAME = {'type': 'integer', 'minimum': 0}
_SECONDS = {'type': 'number', 'minimum': 0}
_INTERVAL = {
    'label': {'enum': list(CLASSES)},
    'onset': _FRAME,
    'apex': {'anyOf': [_FRAME, {'type': 'null'}]},
    'offset': _FRAME,
}
SCHEMA = {
    'type': 'object',
    'additionalProperties': False,
    'required': ['format', 'version', 'coder', 'revision', 'thresholds', 'reviewed', 'rows'],
    'properties': {
        'format': {'const': FORMAT},
        'version': {'const': VERSION},
        'coder': {'type': 'string'},
        'revision': {'type': 'integer', 'minimum': 0},
        'saved': {'type': 'string', 'maxLength': 64},
        'thresholds': {
            'type': 'object',
            'additionalProperties': False,
            'required': list(CLASSES),
            'properties': {label: {'type': 'number'} for label in CLASSES},
        },
        'reviewed': {
            'type': 'array',
            'items': {'type': 'array', 'items': _FRAME, 'minItems': 2, 'maxItems': 2},
        },
        'rows': {
            'type': 'array',
            'items': {
                'type': 'object',
                'additionalProperties': False,
                'required': ['id', 'state', *_INTERVAL, 'onset_s', 'apex_s', 'offset_s', 'candidate'],
                'properties': {
                    'id': {'type': 'string', 'minLength': 1, 'maxLength': 64},
                    'state': {'enum': list(STATES)},
                    **_INTERVAL,
                    'onset_s': _SECONDS,
                    'apex_s': {'anyOf': [_SECONDS, {'type': 'null'}]},
                    'offset_s': _SECONDS,
                    'candidate': {
                        'anyOf': [
                            {
                                'type': 'object',
                                'required': [*_INTERVAL, 'score'],
                                'properties': {**_INTERVAL, 'score': {'type': 'number'}},
                            },
                            {'type': 'null'},
                        ]
                    },
                    'note': {'type': 'string', 'maxLength': 4000},
                    'changed': {'type': 'string', 'maxLength': 64},
                },
            },
        },
    },
}
"""JSON schema of the file; docs/viewer.md explains it."""

_VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
_writing = threading.Lock()


class CorrectionsConflict(MESpotError):
    """Somebody else saved corrections under the same coder's name in the meantime."""


def empty_corrections(coder: str, thresholds: Mapping[str, float]) -> dict[str, Any]:
    """Corrections of a coder who has not decided anything yet."""
    return {
        'format': FORMAT,
        'version': VERSION,
        'coder': coder,
        'revision': 0,
        'thresholds': dict(thresholds),
        'reviewed': [],
        'rows': [],
    }


def coder_names(folder: Path) -> list[str]:
    """Names of the coders who have corrections in the folder of a video, sorted."""
    names = (path.stem for path in (folder / FOLDER).glob('*.json'))
    return sorted(name for name in names if CODER.fullmatch(name))


def corrections_path(folder: Path, coder: str) -> Path:
    """File of a coder's corrections in the folder of a video.

    Raises:
        MESpotError: If the name can't be a coder's, or the file is a link that leads out of the folder.
    """
    if not CODER.fullmatch(coder) or len(coder.encode()) > 200:
        expected = 'up to 64 letters, digits, spaces, and . _ -, the first a letter or a digit'
        raise MESpotError(f'coder: found {coder[:80]!r}, expected {expected}')
    return path_inside(folder, f'{FOLDER}/{coder}.json', 'coder')


def read_corrections(path: Path, total_frames: int) -> dict[str, Any]:
    """Read and check a coder's file.

    Args:
        path: The file.
        total_frames: Number of frames of the video.

    Raises:
        MESpotError: If it breaks the schema, its frames are not ordered or outside of the video, or it names
            another coder than its file name.
    """
    content = read_json(path)
    check_corrections(content, total_frames, str(path))
    if content['coder'] != path.stem:
        raise MESpotError(f'{path}: coder: found {content["coder"]!r}, expected {path.stem!r}')
    return content


def check_corrections(content: Any, total_frames: int, place: str) -> None:
    """Check corrections against the schema and against the length of the video.

    Args:
        content: What the file or the request holds.
        total_frames: Number of frames of the video.
        place: Its name for the message.

    Raises:
        MESpotError: With the first key that is wrong, what was found, what was expected.
    """
    error = next(iter(_VALIDATOR.iter_errors(content)), None)
    if error is not None:
        key = '.'.join(map(str, error.absolute_path)) or 'the whole'
        raise MESpotError(f'{place}: {key}: {error.message[:200]}')
    for number, (first, last) in enumerate(content['reviewed']):
        if not first <= last < total_frames:
            wanted = f'first <= last < {total_frames}'
            raise MESpotError(f'{place}: reviewed.{number}: found {first}, {last}, expected {wanted}')
    identities = [row['id'] for row in content['rows']]
    for number, row in enumerate(content['rows']):
        onset, apex, offset = row['onset'], row['apex'], row['offset']
        if not onset <= (onset if apex is None else apex) <= offset < total_frames:
            wanted = f'onset <= apex <= offset < {total_frames}'
            found = f'found onset {onset}, apex {apex}, offset {offset}'
            raise MESpotError(f'{place}: rows.{number}: {found}, expected {wanted}')
        if (row['candidate'] is None) != (row['state'] == 'added'):
            wanted = 'a candidate for every state but "added", and none for that'
            raise MESpotError(f'{place}: rows.{number}: found state {row["state"]}, expected {wanted}')
        if row['id'] in identities[:number]:
            raise MESpotError(f'{place}: rows.{number}: id: {row["id"]!r} occurs twice')


def write_corrections(folder: Path, content: dict[str, Any], total_frames: int) -> dict[str, Any]:
    """Check and store a coder's corrections, whole or not at all.

    Args:
        folder: Folder of the video, with its ``intervals.json``.
        content: The corrections, with the revision that they were made from.
        total_frames: Number of frames of the video.

    Returns:
        What was stored: with the next revision and the time.

    Raises:
        MESpotError: If they can't be corrections.
        CorrectionsConflict: If the file on disk has another revision.
    """
    check_corrections(content, total_frames, 'corrections')
    path = corrections_path(folder, content['coder'])
    with _writing:
        stored = read_corrections(path, total_frames)['revision'] if path.exists() else 0
        if stored != content['revision']:
            found = f'found revision {stored}, expected {content["revision"]}'
            raise CorrectionsConflict(f'{path}: saved by somebody else in the meantime ({found})')
        now = datetime.now(timezone.utc).isoformat(timespec='seconds')
        content = {**content, 'revision': stored + 1, 'saved': now}
        path.parent.mkdir(exist_ok=True)
        write_json(content, path)
    return content


def final_rows(result: Mapping[str, Any], corrections: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The intervals that hold after a coder's corrections.

    Args:
        result: Content of ``intervals.json``.
        corrections: Content of the coder's file.

    Returns:
        ``label``, ``onset``, ``apex``, ``offset``, their seconds, ``score`` (None for an added row),
        ``state`` and ``note``, by onset: all rows that are not rejected, and as ``found`` the candidates
        from the thresholds on that nobody touched.
    """
    touched = {interval_key(row['candidate']) for row in corrections['rows'] if row['candidate'] is not None}
    final = [
        {key: candidate[key] for key in _COLUMNS}
        | {'score': candidate['score'], 'state': 'found', 'note': ''}
        for candidate in result['candidates']
        if interval_key(candidate) not in touched
        and candidate['score'] >= corrections['thresholds'][candidate['label']]
    ]
    for row in corrections['rows']:
        if row['state'] != 'rejected':
            score = None if row['candidate'] is None else row['candidate']['score']
            decided = {'score': score, 'state': row['state'], 'note': row.get('note', '')}
            final.append({key: row[key] for key in _COLUMNS} | decided)
    return sorted(final, key=lambda row: (row['onset'], row['offset']))


_COLUMNS: Sequence[str] = ('label', 'onset', 'apex', 'offset', 'onset_s', 'apex_s', 'offset_s')


def interval_key(interval: Mapping[str, Any]) -> tuple[Any, ...]:
    """What tells an interval from the others of a video: its class and frames."""
    return tuple(interval[key] for key in ('label', 'onset', 'apex', 'offset'))
