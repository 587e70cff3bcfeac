import pytest
import torch

from mmaction_mespot.models.losses import SegmentDIoULoss


@pytest.mark.parametrize(
    ('segment', 'target', 'expected'),
    [
        ([2.0, 6.0], [2.0, 6.0], 0.0),
        # IoU 2/6, middles 2 apart, hull 6
        ([0.0, 4.0], [2.0, 6.0], 1 - 2 / 6 + (2 / 6) ** 2),
        # apart: the distance alone pulls
        ([0.0, 2.0], [6.0, 8.0], 1 + (6 / 8) ** 2),
        ([3.0, 3.0], [2.0, 6.0], 1 + (1 / 4) ** 2),
    ],
)
def test_by_hand(segment: list[float], target: list[float], expected: float) -> None:
    loss = SegmentDIoULoss(loss_weight=3.0)(torch.tensor([segment]), torch.tensor([target]), 2.0)
    assert loss.item() == pytest.approx(3 * expected / 2, abs=1e-6)


def test_no_pair_is_zero_with_a_gradient() -> None:
    segments = torch.zeros(0, 2, requires_grad=True)
    loss = SegmentDIoULoss()(segments, torch.zeros(0, 2), 1.0)
    loss.backward()
    assert loss == 0 and segments.grad is not None
