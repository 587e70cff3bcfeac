"""JSON files that are on disk whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .atomic_file import whole_file


def write_json(data: Any, path: Path) -> None:
    """Write to a temporary name, then rename; equal data gives equal bytes."""
    with whole_file(path) as temporary:
        temporary.write_text(json.dumps(data, indent=1, ensure_ascii=False) + '\n', encoding='utf-8')
