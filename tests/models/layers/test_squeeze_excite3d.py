import pytest
import torch

from mmaction_mespot.models.layers import SqueezeExcite3d


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
