"""The configs with other backbones: their levels are a temporal pyramid that the neck and the head take."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from mmaction.registry import MODELS
from mmengine.runner.checkpoint import save_checkpoint

from mmaction_mespot.models.backbones import TwoStreamBackbone


@pytest.mark.parametrize(
    ('name', 'channels', 'cells'),
    [
        ('mespot_inception_i3d', (480, 832, 1024), (28, 14, 7)),
        ('mespot_slowonly', (512, 1024, 2048), (28, 14, 7)),
        ('mespot_x3d', (48, 96, 432), (28, 14, 7)),
    ],
)
def test_levels(
    name: str, channels: tuple[int, ...], cells: tuple[int, ...], model_config: Callable[[str], dict]
) -> None:
    config = model_config(name)
    with torch.device('meta'):
        backbone = MODELS.build(config['backbone'])
        levels = backbone(dict(rgb=torch.empty(1, 3, 64, 224, 224), flow=torch.empty(1, 2, 64, 224, 224)))
        assert [tuple(level.shape) for level in levels] == [
            (1, 2 * width, length, size, size)
            for width, length, size in zip(channels, (32, 16, 8), cells, strict=True)
        ]
        fused = MODELS.build(config['neck'])(levels)
    assert [level.shape[2] for level in fused] == [32, 16, 8, 4, 2]


@pytest.mark.parametrize('name', ['mespot_slowonly', 'mespot_x3d'])
def test_the_zoos_weights_fit(name: str, model_config: Callable[[str], dict], tmp_path: Path) -> None:
    """Its own backbone with its own strides, as in the zoo's recogniser, is loaded with every key matched."""
    stream = model_config(name)['backbone']['rgb']
    if name == 'mespot_slowonly':
        stream['base_channels'] = 8
        zoo = dict(type='ResNet3dSlowOnly', depth=50, pretrained=None, pretrained2d=False, base_channels=8)
    else:
        zoo = stream['backbone']
    weights = MODELS.build(zoo).state_dict()
    path = tmp_path / 'zoo.pth'
    save_checkpoint(dict(state_dict={f'backbone.{key}': value for key, value in weights.items()}), str(path))
    init_cfg = dict(type='Pretrained', checkpoint=str(path))
    backbone = TwoStreamBackbone(rgb=stream, flow=stream, init_cfg=init_cfg)
    backbone.init_weights()
    inner = backbone.streams['rgb']
    loaded = getattr(inner, 'backbone', inner).state_dict()
    for key, value in weights.items():
        torch.testing.assert_close(loaded[key], value)
