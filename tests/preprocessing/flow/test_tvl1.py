from __future__ import annotations

import pytest

from mmaction_mespot.preprocessing.flow.tvl1 import TVL1Params, pyramid_sizes


def test_defaults_are_those_of_opencv():
    assert TVL1Params() == TVL1Params(0.25, 0.15, 0.3, 5, 0.8, 5, 0.01, 30, 10, 5)


def test_the_fast_set_keeps_the_weight_of_the_data_and_the_tolerance():
    fast = TVL1Params.fast()
    assert (fast.lambda_, fast.theta, fast.tau, fast.epsilon) == (0.15, 0.3, 0.25, 0.01)
    assert fast.scales * fast.warps < TVL1Params().scales * TVL1Params().warps


def test_pyramid_ends_at_the_smallest_side():
    assert pyramid_sizes(100, 200, TVL1Params()) == [(100, 200), (80, 160), (64, 128), (51, 102), (41, 82)]
    assert pyramid_sizes(40, 64, TVL1Params.fast()) == [(40, 64), (20, 32)]
    assert pyramid_sizes(10, 10, TVL1Params()) == [(10, 10)]


@pytest.mark.parametrize(
    ('name', 'value'),
    [
        ('tau', 0.0),
        ('lambda_', -1.0),
        ('warps', 0),
        ('scale_step', 1.0),
        ('epsilon', -0.1),
        ('median_filtering', 4),
    ],
)
def test_bad_values_name_the_parameter(name, value):
    with pytest.raises(ValueError, match=rf'TVL1Params\.{name} must .*found {value}'):
        TVL1Params(**{name: value})
