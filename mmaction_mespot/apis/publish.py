"""A checkpoint made fit to be given away."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from mmaction_mespot.checkpoints.strip import strip_checkpoint
from mmaction_mespot.errors import MESpotError

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
