"""Reading back what spotting a video wrote, also where somebody has edited it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mmaction_mespot.checked_json import FRAME, SECONDS, checker, read_checked
from mmaction_mespot.intervals.detections import CLASSES

_MOVEMENT = {
    'type': 'object',
    'required': ['action', 'action_units', 'side', 'displacement_iod', 'words'],
    'properties': {
        'action': {'type': 'string'},
        'words': {'type': 'string', 'maxLength': 200},
        'action_units': {'type': 'array', 'items': {'type': 'integer', 'minimum': 1}},
        'side': {'enum': ['left', 'right', 'both', 'middle']},
        'displacement_iod': {'type': 'number'},
    },
}
_INTERVAL = {
    'type': 'object',
    'required': ['label', 'onset', 'apex', 'offset', 'onset_s', 'apex_s', 'offset_s', 'score', 'face'],
    'properties': {
        'label': {'enum': list(CLASSES)},
        **dict.fromkeys(('onset', 'offset'), FRAME),
        **dict.fromkeys(('onset_s', 'offset_s'), SECONDS),
        'apex': {'anyOf': [FRAME, {'type': 'null'}]},
        'apex_s': {'anyOf': [SECONDS, {'type': 'null'}]},
        'score': {'type': 'number', 'minimum': -1e6, 'maximum': 1e6},
        'probability': {'anyOf': [{'type': 'number', 'minimum': 0, 'maximum': 1}, {'type': 'null'}]},
        'face': {'type': 'integer', 'minimum': 0},
        'note': {'type': 'string'},
        'open': {'enum': ['', 'onset', 'offset', 'both']},
        'moved': {'type': 'array', 'items': _MOVEMENT},
    },
}
_check = checker(
    {
        'type': 'object',
        'required': ['video', 'model', 'thresholds', 'intervals', 'candidates'],
        'properties': {
            'video': {
                'type': 'object',
                'required': ['path', 'fps', 'total_frames', 'duration_s'],
                'properties': {
                    'path': {'type': 'string'},
                    'fps': {'type': 'number', 'exclusiveMinimum': 0, 'maximum': 1e6},
                    'total_frames': FRAME | {'minimum': 1},
                    'duration_s': SECONDS,
                    'without_face_s': SECONDS,
                },
            },
            'model': {'type': 'object', 'required': ['name'], 'properties': {'name': {'type': 'string'}}},
            'thresholds': {
                'type': 'object',
                'required': list(CLASSES),
                'properties': {name: {'type': 'number'} for name in CLASSES},
            },
            'false_per_minute': {
                'anyOf': [
                    {
                        'type': 'object',
                        'required': ['expected', 'measured_on'],
                        'properties': {
                            'expected': {'type': 'number', 'minimum': 0},
                            'measured_on': {'type': 'string'},
                        },
                    },
                    {'type': 'null'},
                ]
            },
            'intervals': {'type': 'array', 'items': _INTERVAL},
            'candidates': {'type': 'array', 'items': _INTERVAL},
        },
    }
)


def read_result(path: Path) -> dict[str, Any]:
    """Read an ``intervals.json``.

    Args:
        path: The file.

    Raises:
        MESpotError: If it is none, or an interval is not onset <= apex <= offset within the video.
        OSError: If it can't be read.
    """
    return dict(read_checked(path, _problem, 'result of tools/spot.py'))


def _problem(content: Any) -> str:
    found = _check(content)
    if found:
        return found
    total = content['video']['total_frames']
    for key in ('intervals', 'candidates'):
        for number, row in enumerate(content[key]):
            onset, apex, offset = row['onset'], row['apex'], row['offset']
            if (
                not onset <= (onset if apex is None else apex) <= offset < total
                or not row['onset_s'] <= row['offset_s']
            ):
                return (
                    f'{key}.{number}: found onset {onset}, apex {apex}, offset {offset}, expected '
                    f'onset <= apex <= offset < {total}, and seconds in the same order'
                )
    return ''
