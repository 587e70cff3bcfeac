from __future__ import annotations

import numpy as np
import pytest

from mmaction_mespot.datasets.transforms import FlowJitter
from mmaction_mespot.errors import MESpotError


def jittered(flow: np.ndarray, seed: int = 0, **options: object) -> np.ndarray:
    np.random.seed(seed)
    return FlowJitter(**options)(dict(flow=flow))['flow']


def test_amplitude_is_one_factor_a_window() -> None:
    flow = np.random.default_rng(0).normal(size=(8, 12, 12, 2)).astype(np.float32)
    factors = []
    for seed in range(200):
        changed = jittered(flow, seed, amplitude=(0.5, 2.0))
        factors.append(changed[0, 0, 0, 0] / flow[0, 0, 0, 0])
        np.testing.assert_allclose(changed, flow * factors[-1], rtol=1e-4, atol=1e-6)
    assert 0.5 <= min(factors) < 0.6 < 1.7 < max(factors) <= 2.0
    assert abs(np.mean(np.log(factors))) < 0.1


def test_offset_is_global_and_new_in_each_frame() -> None:
    change = jittered(np.zeros((500, 6, 6, 2), np.float32), offset_std=1.0)
    assert np.ptp(change, axis=(1, 2)).max() == 0
    series = change[:, 0, 0, 0]
    assert abs(np.corrcoef(series[1:], series[:-1])[0, 1]) < 0.15


def test_head_motion_is_affine_and_smooth() -> None:
    change = jittered(np.zeros((500, 5, 5, 2), np.float32), head_motion_std=1.0, correlation=6.0)
    series = change[:, 0, 0, 0]
    assert np.corrcoef(series[1:], series[:-1])[0, 1] > 0.95
    # affine: the second difference across the picture is nothing, the first is not
    assert np.abs(np.diff(change, 2, axis=2)).max() < 1e-5
    assert np.abs(np.diff(change, 1, axis=2)).max() > 1e-3


def test_strengths_stay_below_the_given_ones_and_reach_them() -> None:
    flow = np.zeros((400, 3, 3, 2), np.float32)
    for option in ('noise_std', 'offset_std', 'head_motion_std'):
        stds = [jittered(flow, seed, **{option: 0.4})[:, 1, 1].std() for seed in range(40)]
        assert min(stds) < 0.1
        assert 0.3 < max(stds) < 0.52, option


def test_shift_moves_cells_and_repeats_borders() -> None:
    flow = np.broadcast_to(np.arange(12, dtype=np.float32)[None, None, :, None], (2, 12, 12, 2))
    seen = {tuple(jittered(flow, seed, max_shift=1 / 12)[0, 0, :, 0].tolist()) for seed in range(40)}
    assert seen == {
        tuple(range(12)),
        (*range(1, 12), 11),
        (0, *range(11)),
    }


def test_without_options_nothing_changes() -> None:
    flow = np.ones((2, 3, 3, 2), np.float32)
    np.testing.assert_array_equal(jittered(flow), flow)


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (dict(amplitude=(2.0, 1.0)), 'amplitude needs 0 < low <= high'),
        (dict(noise_std=-1.0), "no strength may be negative, found .*'noise_std': -1.0"),
        (dict(correlation=0.0), 'correlation must be above 0'),
    ],
)
def test_errors(options: dict, message: str) -> None:
    with pytest.raises(MESpotError, match=message):
        FlowJitter(**options)
