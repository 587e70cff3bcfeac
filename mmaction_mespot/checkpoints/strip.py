"""Make a file for release out of a finished training."""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
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


HASH_DIGITS = 8


def publish_model(checkpoint: str | Path, out: str | Path, name: str | None = None) -> Path:
    """Write weights and score thresholds alone, under a name that carries their hash.

    Args:
        checkpoint: ``final.pth`` of a training. It is loaded without running any code in it.
        out: Folder of the file, made if needed.
        name: Name in front of the hash; None takes that of the work folder.

    Returns:
        ``<out>/<name>-<hash>.pth``, with the first 8 digits of the file's SHA-256 as the hash: the form that
        ``torch.hub`` and MMEngine check when they download a file.

    Raises:
        FileNotFoundError: If there is no such checkpoint.
        MESpotError: If it holds no score thresholds, or the name is none of a file.
    """
    checkpoint, out = Path(checkpoint), Path(out)
    if not checkpoint.is_file():
        raise FileNotFoundError(f'{checkpoint}: no such checkpoint')
    name = checkpoint.resolve().parent.name if name is None else name
    if not name or Path(name).name != name:
        raise MESpotError(f'expected a file name without a folder for the model, found {name!r}')
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out) as folder:
        stripped = Path(folder, 'model.pth')
        digest = strip_checkpoint(checkpoint, stripped)
        target = out / f'{name}-{digest[:HASH_DIGITS]}.pth'
        os.replace(stripped, target)
    return target
