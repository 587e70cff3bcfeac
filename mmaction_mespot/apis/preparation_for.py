"""How videos have to be prepared for a network: what its config or its checkpoint says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mmengine.config import Config
from mmengine.runner.checkpoint import CheckpointLoader

from mmaction_mespot.apis.runner_checks import check_checkpoint_exists
from mmaction_mespot.checkpoints.shipped_model import SHIPPED, shipped_model
from mmaction_mespot.engine.hooks.preparation_hook import PREPARATION
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.preprocessing.preparation_settings import REFERENCE
from mmaction_mespot.shipped_files import find_config

CHECKPOINTS = ('.pth', '.pt')
SETTINGS = ('streams', 'crop_size', 'flow_method', 'flow_gap', 'target_fps')
"""Fields of PreparationSettings that a network depends on."""


def preparation_for(source: str) -> dict[str, Any]:
    """Find out what a network needs.

    Args:
        source: A config file, a checkpoint of a training, or the name of a network that ships with the
            package.

    Returns:
        Fields of :class:`PreparationSettings`: ``streams``, and of ``crop_size``, ``flow_method``,
        ``flow_gap`` and ``target_fps`` those that are said.

    Raises:
        MESpotError: If there is no such file, or it does not say what it needs.
    """
    if Path(source).suffix in CHECKPOINTS:
        check_checkpoint_exists(source)
        content = CheckpointLoader.load_checkpoint(source, map_location='cpu', logger='silent')
        said = content.get('meta', {}).get(PREPARATION) if isinstance(content, Mapping) else None
        if not said:
            raise MESpotError(f'{source}: does not say how its videos were prepared; give the config')
        if said.get('reference', REFERENCE) != REFERENCE:
            raise MESpotError(
                f'{source}: trained on crops with {said["reference"]}, which this version cannot make; '
                f'it makes {REFERENCE}'
            )
        return _checked(source, said, tuple(said.get('streams') or ()))
    path = shipped_model(source).config_path if source in SHIPPED else find_config(source)
    if not Path(path).is_file():
        raise MESpotError(f'{source}: no such config or checkpoint, nor one of {", ".join(SHIPPED)}')
    try:
        cfg = Config.fromfile(str(path))
    except Exception as error:  # a config is code: it may raise anything
        raise MESpotError(f'config {source} cannot be read: {type(error).__name__}: {error}') from error
    streams = tuple(dict.fromkeys(_streams(cfg)))
    return _checked(source, cfg.get(PREPARATION) or {}, streams)


def _checked(source: str, said: Mapping[str, Any], streams: tuple[str, ...]) -> dict[str, Any]:
    if not streams:
        raise MESpotError(f'{source}: does not say which streams it reads; give the config')
    return {**{key: said[key] for key in SETTINGS if key in said}, 'streams': streams}


def _streams(cfg: Config) -> Iterator[str]:
    """The streams that the data sets of a config load."""
    for part in ('train', 'val', 'test'):
        loader = cfg.get(f'{part}_dataloader') or {}
        for step in _steps(loader.get('dataset') or {}):
            if step.get('type') == 'LoadVideoFlow':
                yield step.get('stream', 'flow_roi')
            elif step.get('type') == 'LoadVideoMovement':
                yield from ('flow_roi', 'face_shape')
            elif step.get('type') == 'LoadStreams':
                yield from step['streams'].values()


def _steps(dataset: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for part in dataset.get('datasets') or ():
        yield from _steps(part)
    yield from (step for step in dataset.get('pipeline') or () if isinstance(step, Mapping))
