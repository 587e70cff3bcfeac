"""What is checked before a run starts, so that a wrong file gives a clear error, not a bad result."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from mmengine.model import is_model_wrapper
from mmengine.runner import Runner
from mmengine.runner.checkpoint import CheckpointLoader
from torch import nn

from mmaction_mespot.atomic_file import write_whole
from mmaction_mespot.errors import MESpotError

_MAX_EXAMPLES = 3


def check_checkpoint_exists(path: str | None) -> None:
    """Complain about a local checkpoint that is not there.

    Args:
        path (str | None): A file, or a URL (``scheme://...``), which is left to the loader.

    Raises:
        MESpotError: If the file is missing.
    """
    if path is not None and '://' not in path and not Path(path).expanduser().is_file():
        raise MESpotError(f'checkpoint not found: {path}')


def check_checkpoint_fits(model: nn.Module, path: str, all_keys: bool = True) -> None:
    """Compare a checkpoint's weights with those of the model; MMEngine itself only warns.

    Args:
        model (nn.Module): The model, maybe in a wrapper for several processes.
        path (str): Checkpoint.
        all_keys (bool): Whether each weight must be there with its shape; with False (initial weights, as of
            a pretrained backbone) it is enough that one is. Defaults to True.

    Raises:
        MESpotError: If it does not fit; the message counts the keys and names some.
    """
    checkpoint = CheckpointLoader.load_checkpoint(path, map_location='cpu', logger='silent')
    weights = checkpoint.get('state_dict', checkpoint) if isinstance(checkpoint, Mapping) else None
    if not isinstance(weights, Mapping):
        raise MESpotError(f'{path}: holds no state dict, found {type(checkpoint).__name__}')
    found = {
        re.sub(r'^module\.', '', str(key)): getattr(value, 'shape', None) for key, value in weights.items()
    }
    bare_model: Any = model.module if is_model_wrapper(model) else model
    expected = {key: value.shape for key, value in bare_model.state_dict().items()}
    matching = [key for key, shape in expected.items() if found.get(key) == shape]
    # Batch counters are absent in old checkpoints and change no result: MMEngine ignores them, too.
    missing = [key for key in expected if key not in found and not key.endswith('num_batches_tracked')]
    unexpected = [key for key in found if key not in expected]
    reshaped = [
        f'{key} {tuple(found[key] or ())} for {tuple(shape)}'
        for key, shape in expected.items()
        if key in found and found[key] != shape
    ]
    if not matching or (all_keys and (missing or unexpected or reshaped)):
        raise MESpotError(
            f'{path}: checkpoint of another model: {len(matching)} of {len(expected)} weights of '
            f'{type(bare_model).__name__} match; {_count("missing", missing)}, '
            f'{_count("unexpected", unexpected)}, {_count("of another shape", reshaped)}'
        )


def build_loop(build: Callable[[], Any], dataset_cfg: Mapping[str, Any], split: str) -> None:
    """Build a loop of the runner, and with it its data set, and check that there is something to read.

    Args:
        build (Callable[[], Any]): Gives the loop (a property of the runner).
        dataset_cfg (Mapping[str, Any]): Config of its data set, for the message.
        split (str): 'train', 'val' or 'test'.

    Raises:
        MESpotError: If the data set is empty.
    """
    try:
        empty = len(build().dataloader.dataset) == 0
    except ValueError as error:
        # How MMEngine's BaseDataset fails on an empty list while it packs its records.
        if 'need at least one array to concatenate' not in str(error):
            raise
        empty = True
    if empty:
        chosen = {key: value for key, value in dataset_cfg.items() if key != 'pipeline'}
        raise MESpotError(f'the {split} split is empty: no sample from {split}_dataloader.dataset = {chosen}')


def resume_path(runner: Runner) -> str | None:
    """Find the checkpoint that a run resumes from.

    Args:
        runner (Runner): Built from its config.

    Returns:
        str | None: The file, or None where the run does not resume or its folder has no checkpoint yet.
    """
    if not runner._resume:
        return None
    if runner._load_from is not None:
        return runner._load_from
    pointer = Path(runner.work_dir, 'last_checkpoint')
    if not pointer.is_file():
        return None
    named = pointer.read_text(encoding='utf-8').strip()
    if named:
        return named
    # MMEngine does not write it whole or not at all: the disk was full. The checkpoints beside it are whole.
    saved = max(pointer.parent.glob('*_*.pth'), key=lambda path: path.stat().st_mtime_ns, default=None)
    if saved is None:
        pointer.unlink()
        return None
    write_whole(pointer, str(saved))
    return str(saved)


def _count(kind: str, keys: Iterable[str]) -> str:
    """Such as "2 missing (a, b)"."""
    names = list(keys)
    examples = ', '.join(names[:_MAX_EXAMPLES]) + (', ...' if len(names) > _MAX_EXAMPLES else '')
    return f'{len(names)} {kind}' + (f' ({examples})' if names else '')
