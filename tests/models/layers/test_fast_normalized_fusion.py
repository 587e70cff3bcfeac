import pytest
import torch
from torch import Tensor

from mmaction_mespot.models.layers import FastNormalizedFusion


def constant(value: float) -> Tensor:
    return torch.full((1, 2, 4, 1, 1), value)


def test_equation_1_on_constants() -> None:
    fusion = FastNormalizedFusion(2, epsilon=0.5)
    with torch.no_grad():
        fusion.weights.copy_(torch.tensor([3.0, 1.0]))
    # (3 * 2 + 1 * 6) / (3 + 1 + 0.5)
    torch.testing.assert_close(fusion([constant(2), constant(6)]), constant(12 / 4.5))


def test_equation_2_ignores_an_input_of_negative_weight() -> None:
    fusion = FastNormalizedFusion(3, epsilon=0.5)
    with torch.no_grad():
        fusion.weights.copy_(torch.tensor([1.0, -7.0, 2.0]))
    # (1 * 4 + 0 * 100 + 2 * 5) / (1 + 0 + 2 + 0.5)
    torch.testing.assert_close(fusion([constant(4), constant(100), constant(5)]), constant(4.0))


def test_fresh_weights_average_and_zero_weights_stay_finite() -> None:
    fusion = FastNormalizedFusion(2)
    torch.testing.assert_close(fusion([constant(1), constant(3)]), constant(4 / 2.0001))
    torch.nn.init.constant_(fusion.weights, -1.0)
    assert fusion([constant(1), constant(3)]).abs().max() == 0


def test_a_wrong_number_of_features_is_an_error() -> None:
    with pytest.raises(ValueError, match='of 2 inputs got 3 features'):
        FastNormalizedFusion(2)([constant(1)] * 3)
