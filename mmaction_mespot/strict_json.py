"""Reading of JSON files that somebody else wrote."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mmaction_mespot.errors import MESpotError


def read_json(path: Path, error: Callable[[str], Exception] = MESpotError) -> Any:
    """Read a JSON file as the standard has it: no ``NaN``, no ``Infinity``, no key twice in an object.

    Args:
        path: The file.
        error: Makes the error out of the reason, which names no file. Defaults to a :class:`MESpotError`
            that names the file.

    Raises:
        MESpotError: If it is something else, or is nested too deeply to be read (or what ``error`` makes).
        OSError: If it can't be read at all.
    """

    def refuse(reason: str) -> Exception:
        return MESpotError(f'{path}: {reason}') if error is MESpotError else error(reason)

    try:
        text = path.read_text(encoding='utf-8')
        return json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_object)
    except RecursionError as deep:
        raise refuse('no usable JSON (nested too deeply)') from deep
    except ValueError as invalid:
        raise refuse(f'no valid JSON ({invalid})') from invalid


def _refuse_constant(name: str) -> Any:
    raise ValueError(f'found the number {name}, expected a finite one')


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f'the key {next(key for key in keys if keys.count(key) > 1)!r} occurs twice')
    return found
