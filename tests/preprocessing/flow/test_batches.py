from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from mmaction_mespot.preprocessing.flow import TVL1Params, compute_flow, compute_flows, tvl1_torch


@pytest.mark.parametrize('method', ['tvl1', 'tvl1-fast'])
def test_torch_in_batches_equals_numba(make_pair, bump, method, monkeypatch):
    """The path of the GPU, on torch's CPU."""
    pairs = [[image[:40, :48] for image in make_pair(bump(size), noise=1)] for size in (0.5, 1.0, 1.5)]
    real, blocks = tvl1_torch.tvl1_flow_batch, []

    def on_the_cpu(prev: np.ndarray, next_: np.ndarray, params: TVL1Params, device: str) -> np.ndarray:
        blocks.append((len(prev), device))
        return real(prev, next_, params, 'cpu')

    monkeypatch.setattr(tvl1_torch, 'tvl1_flow_batch', on_the_cpu)
    found = list(compute_flows(iter(pairs), method, device='cuda', batch=2))
    assert blocks == [(2, 'cuda'), (1, 'cuda')]
    for flow, pair in zip(found, pairs, strict=True):
        expected = compute_flow(*pair, method)
        assert flow.shape == expected.shape
        assert np.abs(flow - expected).mean() < 1e-4
        assert np.abs(expected).max() > 0.1


def test_on_the_cpu_each_flow_comes_at_once(make_pair, bump):
    pair = [image[:40, :48] for image in make_pair(bump(1.0), noise=1)]
    read = []

    def pairs() -> Iterator[list[np.ndarray]]:
        for number in range(3):
            read.append(number)
            yield pair

    flows = compute_flows(pairs(), 'dis')
    np.testing.assert_array_equal(next(flows), compute_flow(*pair, 'dis'))
    assert read == [0]
    assert len(list(flows)) == 2
