"""Make a file to give away out of a finished training."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import torch
from mmengine.runner.checkpoint import CheckpointLoader

from mmaction_mespot.atomic_file import whole_file
from mmaction_mespot.errors import MESpotError

PREPARATION = 'preparation'
"""Key of the preparation in the meta information of a checkpoint."""


def strip_checkpoint(source: str | Path, target: str | Path) -> str:
    """Keep nothing but the weights, the score thresholds, and how the videos of the training were prepared.

    The rest of the meta information goes: it holds the paths of the machine that trained. Equal weights give
    equal bytes, whatever the files are called.

    Args:
        source: ``final.pth`` of a training.
        target: File to write; it loads with ``torch.load(..., weights_only=True)``.

    Returns:
        SHA-256 of the written file.

    Raises:
        MESpotError: If the thresholds were never chosen.
    """
    content = CheckpointLoader.load_checkpoint(str(source), map_location='cpu', logger='silent')
    weights, meta = content['state_dict'], content.get('meta') or {}
    thresholds = weights.get('score_thresholds')
    if thresholds is None or thresholds.isnan().any():
        raise MESpotError(f'{source}: holds no score thresholds, expected the final.pth of a whole training')
    buffer = io.BytesIO()
    kept = {'state_dict': {key: value.clone() for key, value in weights.items()}}
    if meta.get(PREPARATION):
        kept['meta'] = {PREPARATION: {name: meta[PREPARATION][name] for name in sorted(meta[PREPARATION])}}
    torch.save(kept, buffer)
    with whole_file(Path(target)) as temporary:
        temporary.write_bytes(buffer.getvalue())
    return hashlib.sha256(buffer.getvalue()).hexdigest()
