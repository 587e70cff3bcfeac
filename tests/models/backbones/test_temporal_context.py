from __future__ import annotations

import pytest
import torch
from mmaction.registry import MODELS
from streaming_networks import BACKBONES
from torch import Tensor, nn

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.models.streaming import TemporalContext, crop_context, probe_context


class OneConv(nn.Module):
    """One level: kernel 5, stride 2, padded by 2: position i reads positions 2i - 2 to 2i + 2."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv3d(2, 1, (5, 1, 1), (2, 1, 1), padding=(2, 0, 0))
        nn.init.zeros_(self.conv.weight)  # what the weights are is without effect

    def forward(self, inputs: dict[str, Tensor]) -> tuple[Tensor, ...]:
        return (self.conv(inputs['flow']),)


class OverAll(nn.Module):
    def forward(self, inputs: dict[str, Tensor]) -> tuple[Tensor, ...]:
        flow = inputs['flow']
        return (flow + flow.mean(dim=2, keepdim=True),)


def test_reach_of_one_convolution() -> None:
    # it stands for positions 2i and 2i + 1, and looks 2 before and 1 behind them
    assert probe_context(OneConv(), dict(flow=1)) == TemporalContext(strides=(2,), context=2)


def test_reach_of_the_backbones() -> None:
    # lite: P5 reads 24 positions, 8 on each side of its own 8
    lite = MODELS.build(BACKBONES['lite'][0])
    assert probe_context(lite, dict(flow=12)) == TemporalContext((2, 4, 8), 8)
    slim = MODELS.build(BACKBONES['slim'][0])
    found = probe_context(slim, dict(rgb=16, flow=16))
    assert found == TemporalContext((2, 4, 8), 32) and found.align == 8
    assert slim.training  # a copy was set to evaluation


def test_a_backbone_that_sees_all_is_an_error() -> None:
    with pytest.raises(MESpotError, match='OverAll: its receptive field along time is larger than 1024'):
        probe_context(OverAll(), dict(flow=1))


def test_crop() -> None:
    levels = [torch.arange(32 // s).view(1, 1, -1, 1, 1) for s in (2, 4, 8)]
    cropped = [level.flatten().tolist() for level in crop_context(levels, 32, 8)]
    assert cropped == [list(range(4, 12)), [2, 3, 4, 5], [1, 2]]
    with pytest.raises(MESpotError, match='context=4 and 24 positions for a level of 4'):
        crop_context(levels, 32, 4)
    with pytest.raises(MESpotError, match='multiples of the coarsest stride'):
        crop_context([torch.zeros(1, 1, 5, 1, 1)], 33, 8)
    assert crop_context(levels, 32, 0) == tuple(levels)
