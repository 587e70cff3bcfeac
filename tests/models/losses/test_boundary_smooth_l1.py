import pytest
import torch

from mmaction_mespot.models.losses import BoundarySmoothL1Loss


def test_by_hand() -> None:
    offsets = torch.tensor([[0.05, 0.3], [0.0, -1.0]])
    # quadratic 0.05^2 / 0.2, linear 0.3 - 0.05, nothing, linear 1 - 0.05; two positives; weight 2
    expected = 2 * (0.0125 + 0.25 + 0.95) / 2
    assert BoundarySmoothL1Loss(beta=0.1, loss_weight=2.0)(offsets, torch.zeros(2, 2), 2) == pytest.approx(
        expected
    )


def test_no_positive_gives_zero_with_a_gradient() -> None:
    offsets = torch.zeros(0, 2, requires_grad=True)
    loss = BoundarySmoothL1Loss()(offsets, torch.zeros(0, 2), 1)
    loss.backward()
    assert loss == 0
