from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from mmaction_mespot.preprocessing.flow import METHODS, TVL1Params, compute_flow, compute_flows, tvl1_torch
from mmaction_mespot.preprocessing.flow.compute import dis_flow
from mmaction_mespot.preprocessing.flow.tvl1_numba import tvl1_flow


@pytest.mark.parametrize('method', METHODS)
def test_every_method_gives_x_then_y_in_px(make_pair, method):
    true = np.broadcast_to(np.float32((1.0, -0.5)), (96, 96, 2)).copy()
    prev, next_ = make_pair(true, noise=0.5)
    flow = compute_flow(prev, next_, method)
    assert flow.shape == (96, 96, 2)
    assert flow.dtype == np.float32
    np.testing.assert_allclose(flow[15:-15, 15:-15].mean((0, 1)), (1.0, -0.5), atol=0.05)
    as_floats = compute_flow(prev.astype(np.float32), next_.astype(np.float32), method)
    np.testing.assert_allclose(as_floats, flow, atol=1e-5)


def test_parameters_and_device_reach_the_method(make_pair, bump):
    prev, next_ = (image[:40, :40] for image in make_pair(bump(1.0), noise=1))
    params = TVL1Params(scales=1, warps=1, outer_iterations=1)
    expected = tvl1_flow(prev, next_, params)
    np.testing.assert_array_equal(compute_flow(prev, next_, params=params), expected)
    on_torch = compute_flow(prev, next_, device='cpu:0', params=params)
    np.testing.assert_allclose(on_torch, expected, atol=1e-4)
    prev, next_ = make_pair(bump(1.0), noise=1)
    coarse = compute_flow(prev, next_, 'dis', finest_scale=2)
    assert not np.array_equal(coarse, compute_flow(prev, next_, 'dis'))


def test_bad_input():
    grey = np.zeros((32, 32), np.uint8)
    with pytest.raises(ValueError, match=r'two grey images of one shape.*found \(32, 32\) and \(32, 31\)'):
        compute_flow(grey, grey[:, :31])
    with pytest.raises(ValueError, match=r'found \(32, 32, 3\)'):
        compute_flow(np.zeros((32, 32, 3), np.uint8), np.zeros((32, 32, 3), np.uint8))
    with pytest.raises(ValueError, match='16 px or more'):
        compute_flow(grey[:8], grey[:8])
    with pytest.raises(TypeError, match='found uint8 and float32'):
        compute_flow(grey, grey.astype(np.float32))
    with pytest.raises(TypeError, match='found int64'):
        compute_flow(grey.astype(np.int64), grey.astype(np.int64))
    with pytest.raises(ValueError, match='found NaN or infinity'):
        compute_flow(np.full((32, 32), np.nan), np.zeros((32, 32)))
    with pytest.raises(ValueError, match="unknown flow method 'farneback', expected one of"):
        compute_flow(grey, grey, 'farneback')
    with pytest.raises(ValueError, match="method dis runs on the CPU only, not on 'cuda'"):
        compute_flow(grey, grey, 'dis', 'cuda')


def test_the_finest_scale_finds_more_of_the_motion(make_pair, bump):
    true, pair = bump(1.5), make_pair(bump(1.5), noise=1)
    moving = np.linalg.norm(true, axis=2) > 0.15
    errors = [np.linalg.norm(dis_flow(*pair, scale) - true, axis=2)[moving].mean() for scale in (0, 1, 2)]
    assert errors[0] < errors[2]
    assert errors[1] < 0.25


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
