import pytest
import torch
import torch.nn.functional as F

from mmaction_mespot.models.layers import DepthwiseConv3d


@pytest.mark.parametrize('grid', [(1, 1), (3, 3), (2, 5), (9, 9)])
def test_it_equals_the_stock_convolution_forward_and_backward(grid: tuple[int, int]) -> None:
    torch.manual_seed(0)
    conv = DepthwiseConv3d(4)
    feature = torch.randn(2, 4, 5, *grid, requires_grad=True)
    probe = torch.randn(2, 4, 5, *grid)
    ours = torch.autograd.grad((conv(feature) * probe).sum(), [feature, conv.weight])
    stock = F.conv3d(feature, conv.weight, padding=1, groups=4)
    theirs = torch.autograd.grad((stock * probe).sum(), [feature, conv.weight])
    torch.testing.assert_close(conv(feature), stock, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-4)
