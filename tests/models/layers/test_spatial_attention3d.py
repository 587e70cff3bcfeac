import torch

from mmaction_mespot.models.layers import SpatialAttention3d


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
