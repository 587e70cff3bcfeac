from __future__ import annotations

import numpy as np
import pytest
import torch

from mmaction_mespot.preprocessing.flow.tvl1 import TVL1Params
from mmaction_mespot.preprocessing.flow.tvl1_numba import tvl1_flow
from mmaction_mespot.preprocessing.flow.tvl1_torch import tvl1_flow_batch

DEVICES = ['cpu', *(['cuda'] if torch.cuda.is_available() else [])]


@pytest.mark.parametrize('device', DEVICES)
@pytest.mark.parametrize(
    'params', [TVL1Params(scales=2, warps=2), TVL1Params.fast()], ids=['default', 'fast']
)
def test_equals_numba_pair_by_pair(make_pair, bump, params, device):
    # A moving and a still pair: they converge after different numbers of iterations.
    pairs = [[image[:50, :60] for image in make_pair(bump(size), noise=2)] for size in (1.5, 0.0)]
    prev, next_ = (np.stack(images) for images in zip(*pairs, strict=True))
    found = tvl1_flow_batch(prev, next_, params, device)
    assert found.dtype == np.float32
    for flow, pair in zip(found, pairs, strict=True):
        expected = tvl1_flow(*pair, params)
        assert np.abs(flow - expected).mean() < 1e-4
        assert np.abs(flow - expected).max() < 5e-3
