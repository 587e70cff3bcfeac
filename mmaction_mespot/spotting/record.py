"""What a video was spotted with: ``run.json``, by which a later run knows that it can be passed over."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from mmaction_mespot.atomic_file import write_json
from mmaction_mespot.intervals.detections import CLASSES
from mmaction_mespot.spotting.inferencer import SpottingInferencer
from mmaction_mespot.spotting.model import Worth
from mmaction_mespot.version import __version__

RECORD, FAILURE, LOCK = 'run.json', 'failure.json', '.spotting.lock'


def run_record(video: Path, inferencer: SpottingInferencer, **options: Any) -> dict[str, Any]:
    """Model, settings and file of a run, plain JSON types.

    Args:
        video: The video.
        inferencer: The spotter.
        options: What else decides about the files that are written.
    """
    model = inferencer.model
    checkpoint = None if model.checkpoint is None else _file_state(Path(model.checkpoint))
    record = {
        'version': __version__,
        'model': model.describe(face=inferencer.face, target_fps=model.target_fps),
        'thresholds': list(model.thresholds),
        'worth': None if model.worth is None else _fingerprint(model.worth),
        'checkpoint': checkpoint,
        'video': {'path': str(video.resolve()), **(_file_state(video) or {})},
        'options': options,
    }
    return dict(json.loads(json.dumps(record)))


def is_finished(folder: Path, record: dict[str, Any]) -> bool:
    """Whether a run with the same model, settings and file has written the whole folder."""
    try:
        return bool(json.loads((folder / RECORD).read_text(encoding='utf-8')) == record)
    except (OSError, ValueError):
        return False


def write_record(folder: Path, record: dict[str, Any]) -> None:
    """Say that the folder is whole; the last thing that is written."""
    (folder / FAILURE).unlink(missing_ok=True)
    write_json(record, folder / RECORD)


def write_failure(folder: Path, video: Path, error: str) -> None:
    """Note why a video failed; its results of an earlier run stay, but don't count as finished."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / RECORD).unlink(missing_ok=True)
    write_json({'path': str(video), 'error': error}, folder / FAILURE)


def _fingerprint(worth: Worth) -> list[Any]:
    """What tells two measurements of a spotter apart: their words and some of their probabilities."""
    scores, labels = np.tile((0.25, 0.5, 0.75), len(CLASSES)), np.repeat(range(len(CLASSES)), 3)
    return [worth.made_from, *worth.probability(scores, labels).round(4).tolist()]


def _file_state(path: Path) -> dict[str, Any] | None:
    """Size and time of the last change; of a folder the number of entries."""
    if not path.exists():
        return None
    size = sum(1 for _ in path.iterdir()) if path.is_dir() else path.stat().st_size
    return {'size': size, 'changed_ns': path.stat().st_mtime_ns}
