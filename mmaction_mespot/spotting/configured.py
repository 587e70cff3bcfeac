"""Spotters of a config file: networks, those that ship with the package too, and flow spotters."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch
from mmaction.registry import MODELS
from mmengine.config import Config
from mmengine.registry import init_default_scope

from mmaction_mespot.apis.config_faults import config_faults, read_config
from mmaction_mespot.checkpoints.shipped_model import SHIPPED, shipped_model
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.detections import CLASSES
from mmaction_mespot.intervals.postprocess import PostProcessing
from mmaction_mespot.spotters.candidate_movements import CandidateMovementSpotter
from mmaction_mespot.spotters.flow_spotter import PreparedSpotter
from mmaction_mespot.spotters.optical_flow import OpticalFlowSpotter
from mmaction_mespot.spotting.model import SpotModel
from mmaction_mespot.spotting.network import NetworkOptions, config_post_processing, load_network
from mmaction_mespot.spotting.training_free import (
    FLOW_PREPARATION,
    MOVEMENT_THRESHOLDS,
    movement_model,
    stream_model,
)


def load_configured(model: str, weights: str | Path | None, options: NetworkOptions) -> SpotModel:
    """Load a shipped network by its name, or what a config file describes.

    Args:
        model: Name of a shipped network, or a config file that is there.
        weights: Checkpoint, or None for the shipped one; a flow spotter has none.
        options: How a network runs, with thresholds by class name.

    Returns:
        The spotter.

    Raises:
        MESpotError: If config and checkpoint do not belong together, or one of them cannot be used.
    """
    if model in SHIPPED:
        files = shipped_model(model)
        note = f'the network {model!r} was trained on synthetic faces only'
        cfg = _read_config(files.config_path)
        return load_network(model, cfg, Path(weights or files.checkpoint_path), options, (note,))
    config = Path(model)
    cfg = _read_config(config)
    if issubclass(MODELS.get(cfg.model.type) or object, PreparedSpotter):
        if weights is not None:
            raise MESpotError(f'{config.name} needs no training and takes no checkpoint, found {weights}')
        return _prepared_model(config, cfg, options)
    if weights is None:
        raise MESpotError(f'config {model} needs a checkpoint (weights), found none')
    return load_network(config.stem, cfg, Path(weights), options)


def _prepared_model(config: Path, cfg: Config, options: NetworkOptions) -> SpotModel:
    with config_faults(config):
        spotter = MODELS.build(cfg.model)
    if isinstance(spotter, CandidateMovementSpotter):
        own = spotter.thresholds or MOVEMENT_THRESHOLDS
        given = dict(zip(CLASSES, own, strict=True)) | dict(options.thresholds or {})
        scorer = None if spotter.scorer is None else spotter.spotter.scorer
        return replace(
            movement_model(given, scorer),
            name=config.stem,
            config=str(cfg.filename),
            post_processing=PostProcessing.from_dict(config_post_processing(cfg)),
        )
    if spotter.input_key != 'flow':
        raise MESpotError(
            f'config {config}: {cfg.model.type} compares {spotter.input_key} of pictures, which are made '
            'for prepared sets alone; test it with tools/test.py'
        )
    notes: tuple[str, ...] = ()
    if not isinstance(spotter, OpticalFlowSpotter) and set(options.thresholds or {}) != set(CLASSES):
        notes = (
            f'{config.stem} has no thresholds of its own; those of the flow spotter are taken, '
            'set --threshold',
        )
    preparation = {**FLOW_PREPARATION, **(cfg.get('preparation') or {})}
    return stream_model(
        config.stem,
        spotter,
        spotter.stream,
        preparation,
        options.thresholds,
        str(cfg.filename),
        notes,
        PostProcessing.from_dict(config_post_processing(cfg)),
    )


def _read_config(path: Path) -> Config:
    cfg = read_config(path, ('model', 'test_dataloader'))
    init_default_scope('mmaction')
    return cfg


def check_device(device: str | None) -> str:
    """Check the device, or choose it.

    Raises:
        MESpotError: If it is not there.
    """
    if device is None:
        return 'cuda' if torch.cuda.is_available() else 'cpu'
    try:
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError) as error:
        raise MESpotError(f'device {device!r} cannot be used: {str(error).splitlines()[0]}') from error
    return device
