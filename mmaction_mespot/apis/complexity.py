"""Parameters and operations of a spotting network, part by part."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from mmaction.registry import MODELS
from mmengine.config import Config
from mmengine.registry import init_default_scope
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from mmaction_mespot.apis.config_faults import config_faults
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.models.backbones.streams import STREAM_CHANNELS
from mmaction_mespot.preprocessing.preparation_settings import GRID_CELLS


@dataclass(frozen=True)
class PartComplexity:
    """One part of a network.

    Attributes:
        name: ``backbone``, ``neck``, ``head``, or ``whole``.
        parameters: Number of trainable numbers.
        gmacs: Multiply-accumulate operations of one window in convolutions, matrix products and attention, in
            thousand millions.
    """

    name: str
    parameters: int
    gmacs: float


def window_shapes(cfg: Config, size: int | None = None) -> dict[str, tuple[int, int, int, int]]:
    """Shapes of the streams of one test window of a config.

    Args:
        cfg: The config; its test data set is a ``LongVideoDataset``.
        size: Width and height of the pictures; None takes the crop of the test pipeline, or the grid's.

    Returns:
        By name of the input: (channels, T, H, W).

    Raises:
        MESpotError: If the pipeline loads no streams, or says no size.
    """
    dataset = cfg.test_dataloader.dataset
    while 'pipeline' not in dataset and 'datasets' in dataset:
        dataset = dataset.datasets[0]
    steps = {step['type']: step for step in dataset.get('pipeline', [])}
    if 'LoadStreams' not in steps or 'clip_len' not in dataset:
        raise MESpotError(
            f'{cfg.filename}: expected a test data set with clip_len and LoadStreams, found '
            f'{dataset.get("type")} with {list(steps)}'
        )
    frames = dataset.clip_len + 2 * dataset.get('context', 0)
    shapes = {}
    for name, stream in steps['LoadStreams']['streams'].items():
        side = size
        if side is None and stream == 'flow_grid':
            side = GRID_CELLS
        if side is None and 'StreamCenterCrop' in steps:
            side = steps['StreamCenterCrop']['size']
        if side is None:
            raise MESpotError(f'{cfg.filename}: the test pipeline crops nothing, say the size of {stream!r}')
        shapes[name] = (STREAM_CHANNELS[name], frames, side, side)
    return shapes


def measure_complexity(cfg: Config, size: int | None = None) -> list[PartComplexity]:
    """Count parameters, and operations by running one window of zeros through the network.

    Args:
        cfg: The config of a spotting network.
        size: Width and height of the pictures; None takes that of the config.

    Returns:
        One entry for each part of the model (its direct children that hold parameters), and the ``whole``.

    Raises:
        MESpotError: If the config says no size.
    """
    init_default_scope(cfg.get('default_scope', 'mmaction'))
    with config_faults(cfg.filename):
        shapes = window_shapes(cfg, size)
        model: nn.Module = MODELS.build(cfg.model).eval()
    inputs = {name: torch.zeros(1, *shape) for name, shape in shapes.items()}
    with torch.no_grad(), FlopCounterMode(display=False, depth=2) as counter:
        model(inputs, mode='tensor')
    flops = {name: sum(found.values()) for name, found in counter.get_flop_counts().items()}
    root = type(model).__name__
    parts = [
        PartComplexity(name, count_parameters(part), flops.get(f'{root}.{name}', 0) / 2e9)
        for name, part in model.named_children()
        if count_parameters(part)
    ]
    return [*parts, PartComplexity('whole', count_parameters(model), flops['Global'] / 2e9)]


def count_parameters(module: nn.Module) -> int:
    """Number of trainable numbers of a module."""
    return sum(parameter.numel() for parameter in module.parameters() if parameter.requires_grad)
