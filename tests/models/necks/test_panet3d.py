from __future__ import annotations

import pytest
import torch
from mmaction.registry import MODELS
from torch import nn

from mmaction_mespot.errors import MESpotError


def test_every_level_keeps_its_size_also_odd_ones() -> None:
    neck = MODELS.build(dict(type='PANet3D', in_channels=(4, 6), out_channels=8, num_levels=4))
    out = neck([torch.randn(2, 4, 13, 5, 5), torch.randn(2, 6, 7, 5, 5)])
    assert [tuple(level.shape) for level in out] == [
        (2, 8, 13, 5, 5),
        (2, 8, 7, 5, 5),
        (2, 8, 4, 3, 3),
        (2, 8, 2, 2, 2),
    ]
    with pytest.raises(MESpotError, match='takes 2 features, found 1'):
        neck([torch.zeros(1, 4, 4, 1, 1)])


def test_sums_down_and_up_by_hand() -> None:
    """Kernels that hold 1 at their middle: what is left are the sums."""
    neck = MODELS.build(dict(type='PANet3D', in_channels=(1, 1), out_channels=1, num_levels=2)).eval()
    with torch.no_grad():
        for module in neck.modules():
            if isinstance(module, nn.Conv3d):
                middle = tuple(size // 2 for size in module.weight.shape[2:])
                module.weight.zero_()
                module.weight[(0, 0, *middle)] = 1
            if isinstance(module, nn.BatchNorm3d):
                module.eps = 0.0
    fine = torch.tensor([1.0, 2.0, 3.0, 4.0]).view(1, 1, 4, 1, 1)
    coarse = torch.tensor([10.0, 20.0]).view(1, 1, 2, 1, 1)
    first, second = neck([fine, coarse])
    assert first.flatten().tolist() == [11, 12, 23, 24]  # coarse repeated, added
    assert second.flatten().tolist() == [10 + 11, 20 + 23]  # every second position of the finer one, added


def test_information_goes_from_fine_to_coarse() -> None:
    torch.manual_seed(0)
    neck = MODELS.build(dict(type='PANet3D', in_channels=(4,), out_channels=8)).eval()
    level = torch.randn(1, 4, 32, 3, 3, requires_grad=True)
    neck([level])[-1].sum().backward()
    assert level.grad.abs().sum() > 0
