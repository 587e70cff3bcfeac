import math

import pytest
import torch

from mmaction_mespot.models.losses import FocalSigmoidLoss


def test_by_hand() -> None:
    """Probabilities 3/4 (there), 1/2 (not there); gamma 2, alpha 1/4."""
    logits = torch.tensor([[math.log(3.0), 0.0]])
    targets = torch.tensor([[1.0, 0.0]])
    expected = 0.25 * 0.25**2 * -math.log(0.75) + 0.75 * 0.5**2 * -math.log(0.5)
    loss = FocalSigmoidLoss(loss_weight=2.0)(logits, targets, 4.0)
    assert loss.item() == pytest.approx(2 * expected / 4, rel=1e-5)


def test_without_focus_it_is_the_cross_entropy() -> None:
    logits, targets = torch.randn(5, 2), torch.randint(0, 2, (5, 2)).float()
    expected = torch.nn.functional.binary_cross_entropy_with_logits(logits, targets, reduction='sum')
    torch.testing.assert_close(FocalSigmoidLoss(gamma=0.0, alpha=0.5)(logits, targets, 0.5), expected)


def test_the_gradient_stays_finite() -> None:
    logits = torch.tensor([[50.0, -50.0, 50.0]], requires_grad=True)
    FocalSigmoidLoss(gamma=0.5)(logits, torch.tensor([[1.0, 0.0, 0.0]]), 1.0).backward()
    assert logits.grad is not None and logits.grad.isfinite().all()
