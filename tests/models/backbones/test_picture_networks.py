from __future__ import annotations

import pytest
import torch
from mmaction.registry import MODELS

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.models.backbones.picture_networks import oriented_frames
from mmaction_mespot.models.backbones.sl_swin import LocalitySelfAttention, shifted_pictures
from mmaction_mespot.models.layers.motion_pictures import contrast_normalised, flow_over, optical_strain

SMALL_SWIN = dict(type='SLSwin', channels=12, depths=(1, 1, 1), heads=(1, 2, 2))


@pytest.mark.parametrize(
    ('config', 'channels'),
    [(dict(type='SOFTNet'), 800), (dict(type='MTSN'), 256), (SMALL_SWIN, 2 * 48)],
    ids=lambda value: value['type'] if isinstance(value, dict) else '',
)
def test_shapes(config: dict, channels: int) -> None:
    network = MODELS.build(config).eval()
    (level,) = network({'flow': torch.randn(2, 2, 9, 42, 42)})
    assert level.shape == (2, channels, 9)
    with pytest.raises(MESpotError, match=r'found \(16,\) and 4'):
        MODELS.build({**config, 'steps': (16,)})


def test_a_long_video_goes_through_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    network = MODELS.build(dict(type='SOFTNet')).eval()
    flow = torch.randn(1, 2, 11, 42, 42)
    (whole,) = network({'flow': flow})
    monkeypatch.setattr('mmaction_mespot.models.backbones.picture_networks.CHUNK', 4)
    torch.testing.assert_close(network({'flow': flow})[0], whole)


def test_reference_frames_cnn() -> None:
    network = MODELS.build(dict(type='ReferenceFrameCNN', features=8)).eval()
    (level,) = network({'rgb': torch.randn(2, 3, 7, 48, 48)})
    assert level.shape == (2, 16, 7)
    with pytest.raises(MESpotError, match=r'found \(0, 3\)'):
        MODELS.build(dict(type='ReferenceFrameCNN', steps=(0, 3)))


def test_reference_frames_lie_before_and_after() -> None:
    frames = torch.arange(5.0).view(1, 5, 1, 1)
    found = oriented_frames(frames, 2)[0, :, :, 0, 0]
    assert found.tolist() == [[0, 0, 2], [0, 1, 3], [0, 2, 4], [1, 3, 4], [2, 4, 4]]


def test_local_contrast_by_hand() -> None:
    picture = torch.zeros(1, 1, 5, 5)
    picture[..., 2, 2] = 1
    found = contrast_normalised(picture)[0, 0]
    line = torch.exp(torch.tensor([-0.5, 0.0, -0.5]))
    kernel = line[:, None] * line / line.sum() ** 2
    centred = torch.zeros(5, 5)
    centred[1:4, 1:4] = -kernel
    centred[2, 2] += 1
    deviation = (centred[1:4, 1:4] ** 2 * kernel).sum().sqrt()  # at the point itself
    assert found[2, 2].item() == pytest.approx(((1 - kernel[1, 1]) / deviation).item(), rel=1e-5)
    # Scale and brightness change nothing.
    torch.testing.assert_close(contrast_normalised(7 * picture + 3)[0, 0], found, atol=1e-4, rtol=1e-4)
    assert contrast_normalised(torch.full((1, 1, 5, 5), 3.0)).abs().max() < 0.01  # rounding alone


def test_motion_over_k_frames_is_the_sum_of_the_flow() -> None:
    flow = torch.arange(1.0, 7.0).view(1, 1, 6, 1, 1).repeat(1, 2, 1, 1, 1)
    # Halves of the flow over 2 frames; from t - 1 to t + 2: the sum of t - 1, t, t + 1.
    found = flow_over(flow, 3, 2)[0, 0, :, 0, 0]
    assert found.tolist() == pytest.approx([1.5, 3.0, 4.5, 6.0, 7.5, 5.5])
    assert flow_over(flow, 1, 1)[0, 0, :, 0, 0].tolist() == [1, 2, 3, 4, 5, 6]


def test_strain_by_hand() -> None:
    y, x = torch.meshgrid(torch.arange(4.0), torch.arange(4.0), indexing='ij')
    flow = torch.stack([2 * x + 3 * y, x - y])[None]
    # e_xx = 2, e_yy = -1, e_xy = (3 + 1) / 2: the root of 4 + 1 + 2 * 4.
    torch.testing.assert_close(optical_strain(flow, 1), torch.full((1, 1, 4, 4), 13**0.5))
    # A jump between two parts is no strain, a shift has none.
    parts = torch.cat([torch.zeros(1, 2, 3, 4), torch.full((1, 2, 3, 4), 9.0)], dim=2)
    assert optical_strain(parts, 2).max() < 1e-5
    assert optical_strain(parts, 1).max() > 1
    with pytest.raises(ValueError, match='found 3 x 4'):
        optical_strain(torch.zeros(1, 2, 3, 4), 2)


def test_shifted_patches() -> None:
    picture = torch.arange(16.0).view(1, 1, 4, 4)
    found = shifted_pictures(picture, 2)
    assert found.shape == (1, 5, 4, 4)
    torch.testing.assert_close(found[0, 1, :3, :3], picture[0, 0, 1:, 1:])  # up and left by half a patch
    torch.testing.assert_close(found[0, 4, 1:, 1:], picture[0, 0, :3, :3])  # down and right
    assert found[0, 4, 0].tolist() == [0, 0, 0, 0]


def test_no_token_looks_at_itself() -> None:
    torch.manual_seed(0)
    attention = LocalitySelfAttention(4, 2, 2)
    with torch.no_grad():
        attention.leave.weight.copy_(torch.eye(4))
        attention.leave.bias.zero_()
    tokens = torch.randn(1, 4, 4)
    with torch.no_grad():  # the first two thirds of the mix, query and key, are left as they are
        attention.mix.weight[8:].copy_(torch.eye(4))
        attention.mix.bias.zero_()
        attention.temperature.zero_()
        attention.bias.zero_()
    # All others alike: the mean of the other three.
    expected = (tokens.sum(dim=1, keepdim=True) - tokens) / 3
    torch.testing.assert_close(attention(tokens), expected)
