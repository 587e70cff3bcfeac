from collections.abc import Callable

import pytest
import torch
from mmaction.registry import MODELS

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.models.necks import NeckLevels

# MMAction2's temporal pyramid network, as in its config for SlowOnly, narrow, at one temporal length
TPN = dict(
    type='TPN',
    in_channels=(32, 64),
    out_channels=32,
    spatial_modulation_cfg=dict(in_channels=(32, 64), out_channels=64),
    temporal_modulation_cfg=dict(downsample_scales=(1, 1)),
    upsample_cfg=dict(scale_factor=(1, 1, 1)),
    downsample_cfg=dict(downsample_scale=(1, 1, 1)),
    level_fusion_cfg=dict(
        in_channels=(32, 32),
        mid_channels=(32, 32),
        out_channels=64,
        downsample_scales=((1, 1, 1), (1, 1, 1)),
    ),
)


def test_a_head_over_the_tpn_of_the_toolbox(make_sample: Callable) -> None:
    """TPN fuses two stages of one length into 2048 channels; the levels above are pooled from these."""
    stage = dict(depth=18, stage_blocks=(1, 1, 1, 1), base_channels=8, conv1_stride_t=2, pool1_stride_t=1)
    flow = dict(type='ResNet3d', **stage, pretrained2d=False, with_pool2=False, out_indices=(2, 3))
    model = MODELS.build(
        dict(
            type='MESpotter',
            backbone=dict(type='TwoStreamBackbone', flow=flow | dict(temporal_strides=(1, 1, 1, 1))),
            neck=dict(type='NeckLevels', neck=TPN),
            head=dict(type='CRNHead', in_channels=2048, channels=8),
        )
    )
    inputs = {'flow': torch.randn(2, 2, 64, 32, 32)}
    logits, _ = model(inputs)
    assert [level.shape[2] for level in logits] == [32, 16, 8, 4, 2]
    losses = model(inputs, [make_sample([[10, 22]], [1]), make_sample()], mode='loss')
    (losses['loss_cls'] + losses['loss_boundary']).backward()
    gradient = model.neck.neck.pyramid_fusion.conv.weight.grad
    assert gradient is not None and gradient.abs().sum() > 0


def test_levels_of_a_neck_pass_and_more_are_pooled() -> None:
    neck = NeckLevels(dict(type='FPN3D', in_channels=(4,), out_channels=4, num_levels=2), num_levels=3)
    levels = neck([torch.randn(1, 4, 16, 4, 4)])
    assert [level.shape[2] for level in levels] == [16, 8, 4]
    torch.testing.assert_close(levels[2], torch.nn.functional.max_pool3d(levels[1], 2))


def test_more_levels_than_wanted_are_an_error() -> None:
    neck = NeckLevels(dict(type='FPN3D', in_channels=(4,), out_channels=4, num_levels=4), num_levels=3)
    with pytest.raises(MESpotError, match='FPN3D gives 4 levels, expected at most num_levels=3'):
        neck([torch.randn(1, 4, 16, 4, 4)])
