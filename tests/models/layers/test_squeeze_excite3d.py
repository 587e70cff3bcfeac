import pytest
import torch

from mmaction_mespot.models.layers import SpatialAttention3d, SqueezeExcite3d


def test_scale_of_each_channel_by_hand() -> None:
    attention = SqueezeExcite3d(2, reduction=2)
    with torch.no_grad():
        attention.squeeze.weight.copy_(torch.tensor([[1.0, -1.0]]))
        attention.squeeze.bias.zero_()
        attention.excite.weight.copy_(torch.tensor([[1.0], [-2.0]]))
        attention.excite.bias.zero_()
    feature = torch.stack([torch.tensor([2.0, 4.0]), torch.tensor([1.0, 1.0])]).view(1, 2, 2, 1, 1)
    # means 3 and 1, hidden relu(3 - 1) = 2, scales sigmoid(2) and sigmoid(-4)
    out = attention(feature).flatten().tolist()
    assert out == pytest.approx([2 * 0.880797, 4 * 0.880797, 0.0179862, 0.0179862], rel=1e-5)


def test_each_place_is_scaled_by_its_neighbourhood() -> None:
    attention = SpatialAttention3d()
    torch.nn.init.zeros_(attention.conv.weight)
    torch.nn.init.zeros_(attention.conv.bias)
    feature = torch.randn(2, 3, 4, 5, 6)
    torch.testing.assert_close(attention(feature), feature / 2)

    # the maximum of the next instant, alone
    with torch.no_grad():
        attention.conv.weight[0, 1, 2, 1, 1] = 1.0
    scale = torch.full((2, 1, 4, 5, 6), 0.5)
    scale[:, :, :3] = torch.sigmoid(feature.amax(dim=1, keepdim=True)[:, :, 1:])
    torch.testing.assert_close(attention(feature), feature * scale)
