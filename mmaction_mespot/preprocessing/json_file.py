"""JSON files that are on disk whole or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any


def write_json(data: Any, path: Path) -> None:
    """Write to a temporary name, then rename; equal data gives equal bytes."""
    temporary = path.with_name(f'.{path.name}.tmp')
    temporary.write_text(json.dumps(data, indent=1, ensure_ascii=False) + '\n', encoding='utf-8')
    os.replace(temporary, path)
