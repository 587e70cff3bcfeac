"""JSON files that are on disk whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from mmaction_mespot.atomic_file import write_whole


def write_json(data: Any, path: Path) -> None:
    """Write to a temporary name, then rename; equal data gives equal bytes."""
    write_whole(path, _text(data))


def _text(data: Any) -> str:
    """The JSON; bytes of a file name that are no text (lone surrogates) as JSON's own escapes."""
    text = json.dumps(data, indent=1, ensure_ascii=False) + '\n'
    return text.encode('utf-8', 'backslashreplace').decode()
