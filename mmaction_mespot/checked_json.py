"""JSON files that are checked against a schema when they are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jsonschema

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.strict_json import read_json

MAX_FRAMES = 10**9
"""Most frames of a video: a year at 30 frames per second."""
FRAME = {'type': 'integer', 'minimum': 0, 'maximum': MAX_FRAMES}
SECONDS = {'type': 'number', 'minimum': 0, 'maximum': MAX_FRAMES}


def checker(schema: Mapping[str, Any]) -> Callable[[Any], str]:
    """Make the function that says what is wrong with a content: key, found, expected; empty if nothing is."""
    validator = jsonschema.Draft202012Validator(schema)

    def check(content: Any) -> str:
        error = jsonschema.exceptions.best_match(validator.iter_errors(content))
        if error is None:
            return ''
        key = '.'.join(map(str, error.absolute_path)) or 'the whole'
        return f'{key}: {error.message[:200]}'

    return check


def read_checked(path: Path, check: Callable[[Any], str], what: str) -> Any:
    """Read a JSON file and check it.

    Args:
        path: The file.
        check: Says what is wrong with its content, see :func:`checker`.
        what: What the file should be, for the message.

    Raises:
        MESpotError: If it is something else; the message names the key, what was found and what was expected.
        OSError: If it can't be read.
    """
    content = read_json(path)
    problem = check(content)
    if problem:
        raise MESpotError(f'{path}: no {what}: {problem}')
    return content
