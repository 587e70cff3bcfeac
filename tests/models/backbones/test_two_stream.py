import pytest
import torch
from torch import Tensor

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.models.backbones import TwoStreamBackbone

TINY = dict(
    type='ResNet3d',
    depth=18,
    stage_blocks=(1, 1, 1, 1),
    pretrained2d=False,
    base_channels=4,
    conv1_kernel=(3, 7, 7),
    conv1_stride_t=2,
    with_pool2=False,
    temporal_strides=(1, 1, 2, 2),
    out_indices=(1, 2, 3),
)


def streams(frames: int = 16, size: int = 32) -> dict[str, Tensor]:
    return dict(rgb=torch.randn(1, 3, frames, size, size), flow=torch.randn(1, 2, frames, size, size))


@pytest.mark.parametrize(
    ('frames', 'lengths'),
    [(64, (32, 16, 8)), (96, (48, 24, 12)), (100, (50, 25, 13)), (128, (64, 32, 16))],
)
def test_the_default_i3d_is_a_temporal_pyramid(frames: int, lengths: tuple[int, ...]) -> None:
    backbone = TwoStreamBackbone(flow=dict(base_channels=4)).eval()
    with torch.no_grad():
        levels = backbone({'flow': torch.randn(1, 2, frames, 32, 32)})
    assert [tuple(level.shape) for level in levels] == [
        (1, c, t, s, s) for c, t, s in zip((32, 64, 128), lengths, (4, 2, 1), strict=True)
    ]


def test_fusion_concat_and_sum() -> None:
    inputs = streams()
    concat = TwoStreamBackbone(rgb=TINY, flow=TINY).eval()
    total = TwoStreamBackbone(rgb=TINY, flow=TINY, fusion='sum').eval()
    total.load_state_dict(concat.state_dict())
    for joined, summed in zip(concat(inputs), total(inputs), strict=True):
        torch.testing.assert_close(sum(joined.chunk(2, dim=1)), summed)


def test_either_stream_alone_reads_only_its_own() -> None:
    inputs = streams()
    for name in ('rgb', 'flow'):
        backbone = TwoStreamBackbone(**{name: TINY})
        assert [level.shape[1] for level in backbone({name: inputs[name]})] == [8, 16, 32]
    with pytest.raises(MESpotError, match=r"stream 'rgb', the batch holds \['flow'\]"):
        TwoStreamBackbone(rgb=TINY)({'flow': inputs['flow']})


@pytest.mark.parametrize('wrapped', [False, True])
def test_a_stream_without_weights_initialises_itself_as_in_mmaction(wrapped: bool) -> None:
    rgb = dict(TINY, zero_init_residual=True, base_channels=32)
    backbone = TwoStreamBackbone(rgb=dict(type='StageLevels', backbone=rgb) if wrapped else rgb, flow=TINY)
    backbone.init_weights()
    stream = backbone.streams['rgb'].backbone if wrapped else backbone.streams['rgb']
    assert not stream.layer4[0].conv2.bn.weight.any()
    weight = stream.conv1.conv.weight  # Kaiming's normal distribution over the outputs: 32 x 3 x 7 x 7
    assert weight.std().item() == pytest.approx((2 / (32 * 3 * 7 * 7)) ** 0.5, rel=0.05)


def test_bad_settings_are_errors() -> None:
    with pytest.raises(MESpotError, match='found None for both'):
        TwoStreamBackbone()
    with pytest.raises(MESpotError, match="'concat' or 'sum', found 'late'"):
        TwoStreamBackbone(rgb=TINY, fusion='late')
