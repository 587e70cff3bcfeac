"""One video to prepare, as a worker process gets it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .faces import FaceModelPaths
from .preparation_settings import PreparationSettings


@dataclass(frozen=True)
class VideoTask:
    """An annotation entry with all that its preparation needs.

    Attributes:
        video: The annotation entry.
        source_root: Folder that its frames are relative to.
        out: The prepared folder.
        settings: What to write.
        models: Files of the face networks.
    """

    video: dict[str, Any]
    source_root: str
    out: str
    settings: PreparationSettings
    models: FaceModelPaths
