import math

import pytest
import torch
import torch.nn.functional as F

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.models.losses import FocalCrossEntropyLoss


def test_by_hand() -> None:
    # probabilities 3/4 and 1/4: targets 0, then 1
    logits = torch.tensor([[math.log(3.0), 0.0], [math.log(3.0), 0.0]])
    targets = torch.tensor([0, 1])
    expected = (0.25**2 * -math.log(0.75) + 0.75**2 * -math.log(0.25)) / 4
    assert FocalCrossEntropyLoss(gamma=2.0)(logits, targets, 4) == pytest.approx(expected)
    weighed = 3.0 * (0.25**2 * -math.log(0.75) * 2.0 + 0.75**2 * -math.log(0.25) * 0.5) / 4
    loss = FocalCrossEntropyLoss(gamma=2.0, class_weights=(2.0, 0.5), loss_weight=3.0)
    assert loss(logits, targets, 4) == pytest.approx(weighed)


def test_gamma_0_is_cross_entropy() -> None:
    logits, targets = torch.randn(7, 3), torch.tensor([0, 1, 2, 2, 1, 0, 2])
    torch.testing.assert_close(
        FocalCrossEntropyLoss(gamma=0.0)(logits, targets, 7), F.cross_entropy(logits, targets)
    )


def test_sure_samples_keep_a_finite_gradient() -> None:
    logits = torch.tensor([[100.0, -100.0], [100.0, -100.0]], requires_grad=True)
    FocalCrossEntropyLoss(gamma=0.5)(logits, torch.tensor([0, 1]), 1).backward()
    assert logits.grad is not None and logits.grad.isfinite().all()


def test_weights_for_other_classes_are_an_error() -> None:
    with pytest.raises(MESpotError, match='for 3 logits'):
        FocalCrossEntropyLoss(class_weights=(1.0, 1.0))(torch.zeros(1, 3), torch.tensor([0]), 1)
