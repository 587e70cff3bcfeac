import pytest
import torch

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.models.backbones import FlowGridBackbone


@pytest.mark.parametrize(
    ('frames', 'lengths'),
    [(64, (32, 16, 8)), (96, (48, 24, 12)), (100, (50, 25, 13)), (128, (64, 32, 16)), (37, (19, 10, 5))],
)
def test_shapes(frames: int, lengths: tuple[int, ...]) -> None:
    levels = FlowGridBackbone(channels=(4, 6, 8, 10))({'flow': torch.randn(1, 2, frames, 12, 12)})
    expected = [(1, c, t, 3, 3) for c, t in zip((6, 8, 10), lengths, strict=True)]
    assert [tuple(level.shape) for level in levels] == expected


def test_large_flow_is_averaged_over_the_cells() -> None:
    backbone = FlowGridBackbone(channels=(4, 4, 4, 4)).eval()
    grid = torch.randn(1, 2, 8, 12, 12)
    large = grid.repeat_interleave(4, dim=3).repeat_interleave(4, dim=4)
    for small_level, large_level in zip(backbone({'flow': grid}), backbone({'flow': large}), strict=True):
        torch.testing.assert_close(small_level, large_level, rtol=1e-4, atol=1e-5)


def test_a_position_is_centred_on_its_instant() -> None:
    """The frames that act on position i of P3 lie symmetrically around (i + 0.5) * 2."""
    backbone = FlowGridBackbone(channels=(4, 4, 4, 4)).eval()
    flow = torch.randn(1, 2, 32, 12, 12, requires_grad=True)
    backbone({'flow': flow})[0][0, :, 7].sum().backward()
    assert flow.grad is not None
    touched = flow.grad.abs().sum(dim=(0, 1, 3, 4)).nonzero().flatten()
    assert (touched.min() + touched.max() + 1) / 2 == (7 + 0.5) * 2


def test_missing_stream_wrong_shape_and_bad_channels_are_errors() -> None:
    backbone = FlowGridBackbone()
    with pytest.raises(MESpotError, match=r"stream 'flow', the batch holds \['rgb'\]"):
        backbone({'rgb': torch.zeros(1, 3, 8, 12, 12)})
    with pytest.raises(MESpotError, match=r'\(N, 2, T, H, W\), found \(1, 3, 8, 12, 12\)'):
        backbone({'flow': torch.zeros(1, 3, 8, 12, 12)})
    with pytest.raises(MESpotError, match='4 entries'):
        FlowGridBackbone(channels=(4, 4))
