"""The common annotation file of every data set: its form, its checks, reading and writing."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import jsonschema

from mmaction_mespot.atomic_file import write_whole
from mmaction_mespot.contained import NAME_PATTERN, RELATIVE_PATTERN
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.frame_grid import grid_of
from mmaction_mespot.strict_json import read_json

from .annotation_error import AnnotationError

MAX_FRAMES = 10**8
"""Most frames of a video: 38 days at 30 fps."""
MAX_POSITIONS = 10**7
"""Most positions that a video is prepared on: 92 hours at 30 fps."""
MAX_FPS = 100_000
"""Highest frame rate of a video."""

_NAME = {'type': 'string', 'pattern': NAME_PATTERN}
_RELATIVE = {'type': 'string', 'pattern': RELATIVE_PATTERN}
# One number of at most 99 digits, such as img{:03d}.jpg; braces of the name itself are doubled.
_TEMPLATE = r'^(?:[^/\\{}\x00-\x1f]|\{\{|\}\})*\{(?::(?:0?\d{1,2})?d)?\}(?:[^/\\{}\x00-\x1f]|\{\{|\}\})*\Z'
_NAMES = {'type': 'array', 'items': {'type': 'string'}}
_SIDE = {'type': 'integer', 'minimum': 1, 'maximum': 65535}
_INSTANCE = {
    'type': 'object',
    'required': ['segment', 'label'],
    'additionalProperties': False,
    'properties': {
        'segment': {'type': 'array', 'items': {'type': 'integer'}, 'minItems': 2, 'maxItems': 2},
        'label': {'type': 'integer', 'minimum': 0},
        'apex': {'type': 'integer', 'minimum': 0},
        'emotion': {'type': 'string'},
        'action_units': {'type': 'string'},
        'self_report': {'type': 'string'},
        'source': {
            'type': 'object',
            'required': ['file', 'row'],
            'properties': {'file': {'type': 'string'}, 'row': {'type': 'integer', 'minimum': 1}},
        },
    },
}
_GRID = {
    'type': 'object',
    'required': ['fps', 'positions', 'runs'],
    'additionalProperties': False,
    'properties': {
        'fps': {'type': 'number', 'exclusiveMinimum': 0, 'maximum': MAX_FPS},
        'positions': {'type': 'integer', 'minimum': 1, 'maximum': MAX_POSITIONS},
        'runs': {
            'type': 'array',
            'minItems': 1,
            'items': {
                'type': 'array',
                'items': {'type': 'integer', 'minimum': 0, 'maximum': MAX_FRAMES},
                'minItems': 3,
                'maxItems': 3,
            },
        },
    },
}
_VIDEO = {
    'type': 'object',
    'required': ['video_id', 'subject', 'total_frames', 'fps', 'size', 'instances'],
    'anyOf': [{'required': ['frame_dir', 'filename_tmpl', 'start_index']}, {'required': ['video']}],
    'additionalProperties': False,
    'properties': {
        'video_id': _NAME,
        'subject': _NAME,
        'frame_dir': _RELATIVE,
        'video': _RELATIVE,
        'filename_tmpl': {'type': 'string', 'pattern': _TEMPLATE},
        'start_index': {'type': 'integer', 'minimum': 0},
        'total_frames': {'type': 'integer', 'minimum': 1, 'maximum': MAX_FRAMES},
        'fps': {'type': 'number', 'exclusiveMinimum': 0, 'maximum': MAX_FPS},
        'size': {'type': 'array', 'items': _SIDE, 'minItems': 2, 'maxItems': 2},
        'instances': {'type': 'array', 'items': _INSTANCE},
        'grid': _GRID,
    },
}
_LABELLED_VIDEO = {
    'type': 'object',
    'required': ['video_id', 'subject', 'fps', 'instances'],
    'additionalProperties': False,
    'properties': {
        key: _VIDEO['properties'][key]  # type: ignore[index]
        for key in ('video_id', 'subject', 'total_frames', 'fps', 'instances')
    },
}
SCHEMA: dict[str, Any] = {
    'type': 'object',
    'required': ['metainfo', 'data_list'],
    'properties': {
        'metainfo': {
            'type': 'object',
            'required': ['dataset', 'classes', 'source_root'],
            'properties': {
                'dataset': {'type': 'string'},
                'classes': {**_NAMES, 'minItems': 1},
                'part': {'type': ['string', 'null'], 'pattern': NAME_PATTERN},
                'splits': {'type': 'object', 'additionalProperties': _NAMES},
                'source_root': {'type': 'string'},
                'labels_only': {'type': 'boolean'},
            },
        },
        'data_list': {'type': 'array', 'items': _VIDEO},
    },
}
"""JSON schema of the annotation file (``metainfo`` + ``data_list``, one entry a long video)."""

LABELS_SCHEMA: dict[str, Any] = {
    **SCHEMA,
    'properties': {**SCHEMA['properties'], 'data_list': {'type': 'array', 'items': _LABELLED_VIDEO}},
}
"""The same where ``metainfo.labels_only`` is set: labels without frames, perhaps of unknown length."""


def validate_annotations(data: Any, origin: str) -> None:
    """Check form and meaning of annotations.

    Beyond the schema: video ids are unique, each segment is a non-empty ``[start, end)`` within its video, an
        apex lies
    in its segment, a label names a class, and no subject belongs to two splits.

    Args:
        data: The annotations.
        origin: Where they come from (a file), for the message.

    Raises:
        AnnotationError: With every problem, each naming the entry, what was found and what was expected.
    """
    validator = jsonschema.Draft202012Validator(LABELS_SCHEMA if has_labels_only(data) else SCHEMA)
    problems = [f'{error.json_path}: {_reason(error)}' for error in validator.iter_errors(data)]
    if not problems:
        problems = _meaning_problems(data)
    if problems:
        raise AnnotationError(origin, problems)


def _reason(error: jsonschema.ValidationError) -> str:
    """What the schema's error means; a pattern says little."""
    expected = {
        NAME_PATTERN: 'a name that can be that of a file',
        RELATIVE_PATTERN: 'a relative path without ..',
        _TEMPLATE: 'a file name with one number, such as img{:03d}.jpg',
    }
    if error.validator == 'pattern' and error.validator_value in expected:
        return f'found {error.instance!r:.100}, expected {expected[error.validator_value]}'
    return error.message if len(error.message) <= 300 else f'{error.message[:300]} ...'


def _meaning_problems(data: dict[str, Any]) -> list[str]:
    """List what the schema can't say."""
    problems = []
    for video_id, count in Counter(video['video_id'] for video in data['data_list']).items():
        if count > 1:
            problems.append(f'video_id {video_id} occurs {count} times, expected once')
    classes = data['metainfo']['classes']
    for video in data['data_list']:
        total = video.get('total_frames', MAX_FRAMES)
        try:
            grid_of(video)
        except MESpotError as error:
            problems.append(f'{video["video_id"]}: {error}')
        for i, instance in enumerate(video['instances']):
            place = f'{video["video_id"]}, instance {i}'
            (start, end), label = instance['segment'], instance['label']
            if not 0 <= start < end <= total:
                problems.append(
                    f'{place}: segment [{start}, {end}), expected 0 <= start < end <= {total} frames'
                )
            if label >= len(classes):
                problems.append(
                    f'{place}: label {label}, expected below {len(classes)} ({", ".join(classes)})'
                )
            if 'apex' in instance and not start <= instance['apex'] < end:
                problems.append(f'{place}: apex {instance["apex"]} outside of its segment [{start}, {end})')
    owner: dict[str, str] = {}
    for split, subjects in data['metainfo'].get('splits', {}).items():
        for subject in subjects:
            if owner.setdefault(subject, split) != split:
                problems.append(
                    f'subject {subject} is in split {owner[subject]} and in split {split}, expected one'
                )
    return problems


def has_labels_only(data: Any) -> bool:
    """Whether annotations come from a table of labels alone, without frames."""
    info = data.get('metainfo') if isinstance(data, dict) else None
    return isinstance(info, dict) and info.get('labels_only') is True


def load_annotations(path: str | Path, frames: bool = True) -> dict[str, Any]:
    """Read and check an annotation file.

    Args:
        path: The JSON file.
        frames: Whether the frames are needed too. Defaults to True; labels alone are enough to score
            detections.

    Returns:
        Its content: ``metainfo`` and ``data_list``.

    Raises:
        FileNotFoundError: If there is no such file; the message names the command that makes it.
        AnnotationError: If it is no JSON, does not hold valid annotations, or lacks the frames.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(
            f'{path}: no such annotation file; `python tools/prepare.py <dataset> --root <download> --out '
            f'{path.parent}` writes it'
        )
    data = read_json(path, lambda reason: AnnotationError(str(path), [reason]))
    validate_annotations(data, str(path))
    if frames and has_labels_only(data):
        raise AnnotationError(
            str(path),
            ['labels without frames (--labels-only), expected what tools/prepare.py writes without it'],
        )
    return data


def save_annotations(data: dict[str, Any], path: str | Path) -> None:
    """Check annotations and write them, complete or not at all; equal data gives equal bytes.

    Raises:
        AnnotationError: If the annotations are not valid.
    """
    path = Path(path)
    validate_annotations(data, str(path))
    write_whole(path, json.dumps(data, indent=1, ensure_ascii=False) + '\n')
