"""From the name of a spotter, or a config and a checkpoint, to something that runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from mmaction_mespot.preprocessing.preparation_settings import PreparationSettings
from mmaction_mespot.shipped_files import find_config
from mmaction_mespot.spotters.flow_spotter import FlowSpotter
from mmaction_mespot.spotters.movement import MOVEMENT_STREAMS, RATES_FILE, MovementSpotter
from mmaction_mespot.spotters.optical_flow import OpticalFlowSpotter
from mmaction_mespot.spotters.rate_table import RateTable
from mmaction_mespot.spotting.flow_session import FlowSession
from mmaction_mespot.spotting.model import SpotModel
from mmaction_mespot.spotting.network import NetworkOptions, config_post_processing, load_network

FINAL = 'final.pth'
"""The checkpoint that a finished training leaves."""
MOVEMENT = 'movement'
MOVEMENT_THRESHOLDS = (0.3, 0.42)
"""Thresholds of the movement spotter, chosen on people that its scorer did not see."""
FLOW = 'flow'
SPOTTERS = (MOVEMENT, FLOW, *SHIPPED)
"""Names of the spotters that need no config."""
FLOW_THRESHOLDS = (0.891, 0.811)
"""Thresholds of the flow spotter: best F1 on the validation people of the synthetic benchmark."""
FLOW_PREPARATION = {'crop_size': 112, 'flow_method': 'tvl1-fast'}
"""What these thresholds were chosen with."""


def find_pretrained(source: str | Path) -> tuple[str, str | None]:
    """Find config and weights of a trained spotter by one name.

    Args:
        source: One of :data:`SPOTTERS`; the work folder of a training; a checkpoint with its config beside
            it, as a training leaves them; or a config, with its checkpoint (of the same name, or
            ``final.pth``) beside it where it needs one.

    Returns:
        What :func:`load_spot_model` takes as model and weights.

    Raises:
        MESpotError: If there is no such thing, or one part of it is missing.
    """
    if str(source) in SPOTTERS:
        return str(source), None
    path = Path(find_config(source))
    if path.is_dir():
        if not (path / FINAL).is_file():
            found = ', '.join(sorted(file.name for file in path.glob('*.pth'))) or 'no checkpoint'
            raise MESpotError(f'{path}: found {found}, expected {FINAL}, which a finished training leaves')
        path = path / FINAL
    if not path.is_file():
        raise MESpotError(
            f'{source}: no such config, checkpoint or work folder, nor one of {", ".join(SPOTTERS)}'
        )
    if path.suffix == '.py':
        beside = (path.with_suffix('.pth'), path.with_name(FINAL))
        return str(path), next((str(file) for file in beside if file.is_file()), None)
    same = path.with_suffix('.py')
    configs = [same] if same.is_file() else sorted(path.parent.glob('*.py'))
    if len(configs) != 1:
        names = ', '.join(file.name for file in configs) or 'none'
        raise MESpotError(f'{path}: expected the one config of the training beside it, found {names}')
    return str(configs[0]), str(path)


def load_spot_model(
    model: str = MOVEMENT,
    weights: str | Path | None = None,
    device: str | None = None,
    batch_size: int = 8,
    amp: bool = False,
    thresholds: Mapping[str, float] | None = None,
    stride: int | None = None,
) -> SpotModel:
    """Load a spotter.

    Args:
        model: ``'movement'`` (candidate movements judged by a small scorer), ``'flow'`` (needs no training),
            the name of a network that ships with the package (``'lite'``), or a config file: of a network, or
            of a spotter without training (``configs/spotters``).
        weights: Checkpoint of a config file's network.
        device: Such as ``'cpu'``, ``'cuda'``. Defaults to None: a GPU where there is one.
        batch_size: Windows that a network takes at once.
        amp: Run a network in half precision.
        thresholds: Smallest score by class name, over the spotter's own. Defaults to None.
        stride: Positions between the windows of a network. Defaults to None: the config's.

    Returns:
        The spotter.

    Raises:
        MESpotError: If there is no such spotter, config and checkpoint do not belong together, or an option
            does not go with it.
    """
    unknown = sorted(set(thresholds or {}) - set(CLASSES))
    if unknown:
        raise MESpotError(f'thresholds: found {unknown}, expected {" and ".join(CLASSES)}')
    options = NetworkOptions(_device(device), batch_size, amp, thresholds, stride)
    if model == MOVEMENT:
        _check_no_weights(MOVEMENT, weights)
        return _movement_model(thresholds)
    if model == FLOW:
        _check_no_weights(FLOW, weights)
        return _flow_model(FLOW, OpticalFlowSpotter(), FLOW_THRESHOLDS, FLOW_PREPARATION, thresholds)
    if model in SHIPPED:
        files = shipped_model(model)
        note = f'the network {model!r} was trained on synthetic faces only'
        cfg = _read_config(files.config_path)
        return load_network(model, cfg, Path(weights or files.checkpoint_path), options, (note,))
    config = Path(model)
    if not config.is_file():
        names = ', '.join(SPOTTERS)
        raise MESpotError(f'model {model!r}: no such config file, expected one, or {names}')
    cfg = _read_config(config)
    if issubclass(MODELS.get(cfg.model.type) or object, FlowSpotter):
        _check_no_weights(config.name, weights)
        with config_faults(config):
            spotter = MODELS.build(cfg.model)
        if spotter.input_key != 'flow':
            raise MESpotError(
                f'config {model}: {cfg.model.type} compares {spotter.input_key} of pictures, which are made '
                'for prepared sets alone; test it with tools/test.py'
            )
        preparation = {**FLOW_PREPARATION, **(cfg.get('preparation') or {})}
        return _flow_model(config.stem, spotter, FLOW_THRESHOLDS, preparation, thresholds, cfg)
    if weights is None:
        raise MESpotError(f'config {model} needs a checkpoint (weights), found none')
    return load_network(config.stem, cfg, Path(weights), options)


def thresholds_for_rate(model: str, rate: float) -> tuple[float, float]:
    """Thresholds of MaE and ME for a number of false detections per minute, from the table beside the scorer.

    Args:
        model: Name of the spotter.
        rate: False detections per minute of video in which little happens.

    Raises:
        MESpotError: If the spotter has no such table, or the rate is too low to be told from it.
    """
    if model != MOVEMENT:
        raise MESpotError(
            f'false detections per minute: {model} has no table of them, expected {MOVEMENT}, or thresholds'
        )
    return RateTable.read(RATES_FILE).thresholds(rate)


def _movement_model(thresholds: Mapping[str, float] | None) -> SpotModel:
    """The spotter of candidate movements."""
    spotter = MovementSpotter()
    preparation = PreparationSettings((MOVEMENT_STREAMS[0],), **FLOW_PREPARATION)  # type: ignore[arg-type]
    given = dict(zip(CLASSES, MOVEMENT_THRESHOLDS, strict=True)) | dict(thresholds or {})

    def open_session(fps: float, gap: int, video_fps: float | None = None) -> FlowSession:
        return FlowSession(
            lambda streams: spotter.spot(streams, fps, gap, preparation.crop_size), MOVEMENT_STREAMS, fps
        )

    return SpotModel(
        MOVEMENT,
        preparation,
        (given[CLASSES[0]], given[CLASSES[1]]),
        PostProcessing(),
        open_session,
        notes=('the scorer of movements learnt from synthetic faces',),
    )


def _flow_model(
    name: str,
    spotter: FlowSpotter,
    own: Sequence[float],
    preparation: Mapping[str, object],
    thresholds: Mapping[str, float] | None,
    cfg: Config | None = None,
) -> SpotModel:
    """A spotter without training, with the merging of its config."""
    notes: tuple[str, ...] = ()
    if not isinstance(spotter, OpticalFlowSpotter) and set(thresholds or {}) != set(CLASSES):
        notes = (
            f'{name} has no thresholds of its own; those of the flow spotter are taken, set --threshold',
        )
    given = thresholds or {}
    settings = {key: value for key, value in preparation.items() if key != 'streams'}
    return SpotModel(
        name,
        PreparationSettings((spotter.stream,), **settings),  # type: ignore[arg-type]
        (given.get(CLASSES[0], own[0]), given.get(CLASSES[1], own[1])),
        PostProcessing() if cfg is None else PostProcessing.from_dict(config_post_processing(cfg)),
        lambda fps, gap, video_fps=None: FlowSession(
            lambda streams: spotter.spot(streams[spotter.stream], fps, gap), (spotter.stream,), fps
        ),
        None if cfg is None else str(cfg.filename),
        None,
        notes,
    )


def _read_config(path: Path) -> Config:
    cfg = read_config(path, ('model', 'test_dataloader'))
    init_default_scope('mmaction')
    return cfg


def _check_no_weights(name: str, weights: str | Path | None) -> None:
    if weights is not None:
        raise MESpotError(f'{name} needs no training and takes no checkpoint, found {weights}')


def _device(device: str | None) -> str:
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
