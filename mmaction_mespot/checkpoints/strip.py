"""Make a file to give away out of a finished training."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import torch
from mmengine.runner.checkpoint import CheckpointLoader

from mmaction_mespot.atomic_file import whole_file
from mmaction_mespot.errors import MESpotError


def strip_checkpoint(source: str | Path, target: str | Path) -> str:
    """Keep nothing but the weights and the score thresholds.

    The meta information goes: it holds the paths of the machine that trained. Equal weights give equal bytes,
    whatever the files are called.

    Args:
        source: ``final.pth`` of a training.
        target: File to write; it loads with ``torch.load(..., weights_only=True)``.

    Returns:
        SHA-256 of the written file.

    Raises:
        MESpotError: If the thresholds were never chosen.
    """
    weights = CheckpointLoader.load_checkpoint(str(source), map_location='cpu', logger='silent')['state_dict']
    thresholds = weights.get('score_thresholds')
    if thresholds is None or thresholds.isnan().any():
        raise MESpotError(f'{source}: holds no score thresholds, expected the final.pth of a whole training')
    buffer = io.BytesIO()
    torch.save({'state_dict': {key: value.clone() for key, value in weights.items()}}, buffer)
    with whole_file(Path(target)) as temporary:
        temporary.write_bytes(buffer.getvalue())
    return hashlib.sha256(buffer.getvalue()).hexdigest()
