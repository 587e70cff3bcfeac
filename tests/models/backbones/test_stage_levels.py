import pytest
import torch

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.models.backbones import StageLevels

X3D = dict(type='X3D', gamma_w=0.34, gamma_b=1.0)
SWIN = dict(
    type='SwinTransformer3D',
    arch=dict(embed_dims=8, depths=[1, 1, 1, 1], num_heads=[1, 1, 1, 1]),
    pretrained=None,
    pretrained2d=False,
    patch_size=(2, 4, 4),
    window_size=(4, 4, 4),
    out_indices=(1, 2, 3),
    out_after_downsample=False,
)


def test_stages_of_a_backbone_that_gives_one_feature() -> None:
    levels = StageLevels(X3D, stages=('layer2', 'layer3', 'conv5'), pool_time=(2, 4, 8), in_channels=2).eval()
    video = torch.randn(1, 2, 18, 32, 32)
    p3, p4, p5 = levels(video)
    assert [tuple(level.shape) for level in (p3, p4, p5)] == [
        (1, 16, 9, 4, 4),
        (1, 32, 5, 2, 2),
        (1, 64, 3, 1, 1),
    ]
    torch.testing.assert_close(p5[:, :, 0], levels.backbone(video)[:, :, :8].mean(dim=2))


def test_pooling_of_a_backbone_that_gives_levels_of_one_length() -> None:
    levels = StageLevels(SWIN, pool_time=(1, 2, 4), in_channels=2).eval()
    assert [tuple(level.shape) for level in levels(torch.randn(1, 2, 16, 64, 64))] == [
        (1, 16, 8, 8, 8),
        (1, 32, 4, 4, 4),
        (1, 64, 2, 2, 2),
    ]


def test_one_feature_is_one_level() -> None:
    [level] = StageLevels(X3D)(torch.randn(1, 3, 4, 32, 32))
    assert level.shape[:3] == (1, 64, 4)


def test_bad_settings_are_errors() -> None:
    with pytest.raises(MESpotError, match=r"X3D has no \['layer9'\], it has conv1_s, conv1_t, layer1"):
        StageLevels(X3D, stages=('layer2', 'layer9'))
    with pytest.raises(MESpotError, match='one pool_time for each stage'):
        StageLevels(X3D, stages=('layer2', 'layer3'), pool_time=(2,))
    with pytest.raises(MESpotError, match=r'X3D gives 1 levels, pool_time=\(1, 2\)'):
        StageLevels(X3D, pool_time=(1, 2))(torch.randn(1, 3, 4, 32, 32))
