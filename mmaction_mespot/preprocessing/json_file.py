"""JSON files that are on disk whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from mmaction_mespot.atomic_file import write_whole


def write_json(data: Any, path: Path) -> None:
    """Write to a temporary name, then rename; equal data gives equal bytes."""
    write_whole(path, json.dumps(data, indent=1, ensure_ascii=False) + '\n')
