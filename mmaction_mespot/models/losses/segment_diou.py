"""Losses of the boundaries of intervals: distance-IoU, and smooth L1."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from mmaction.registry import MODELS
from torch import Tensor, nn


@MODELS.register_module()
class SegmentDIoULoss(nn.Module):
    """``1 - IoU + (distance of the middles / length of the hull)^2`` (Zheng et al. 2020, in one dimension).

    Args:
        loss_weight: Factor of the whole. Defaults to 1.0.
    """

    def __init__(self, loss_weight: float = 1.0) -> None:
        super().__init__()
        self.loss_weight = loss_weight

    def forward(self, segments: Tensor, targets: Tensor, avg_factor: Tensor | float) -> Tensor:
        """Sum the loss over pairs of intervals.

        Args:
            segments: Predicted intervals, ``end >= start``, shape (P, 2).
            targets: The true ones, longer than 0, shape (P, 2).
            avg_factor: Divisor of the sum, usually the number of positive samples.

        Returns:
            A scalar; 0 (with a gradient) without pairs.
        """
        low, high = torch.maximum(segments, targets), torch.minimum(segments, targets)
        intersection = (high[:, 1] - low[:, 0]).clamp(min=0)
        hull = low[:, 1] - high[:, 0]
        union = (segments[:, 1] - segments[:, 0]) + (targets[:, 1] - targets[:, 0]) - intersection
        apart = (segments.sum(dim=1) - targets.sum(dim=1)) / 2
        loss = 1 - intersection / union + (apart / hull) ** 2
        return self.loss_weight * loss.sum() / avg_factor


@MODELS.register_module()
class BoundarySmoothL1Loss(nn.Module):
    """Smooth L1 (paper, section III-D), summed over both ends.

    ``d^2 / (2 beta)`` below ``beta``, ``|d| - beta / 2`` above.

    Args:
        beta: Where the quadratic part ends, in anchor lengths. Defaults to 0.1.
        loss_weight: Factor of the whole. Defaults to 1.0.
    """

    def __init__(self, beta: float = 0.1, loss_weight: float = 1.0) -> None:
        super().__init__()
        self.beta = beta
        self.loss_weight = loss_weight

    def forward(self, offsets: Tensor, targets: Tensor, avg_factor: Tensor | float) -> Tensor:
        """Sum the loss over the positive samples.

        Args:
            offsets: Predicted offsets of start and end, shape (P, 2).
            targets: Their targets, shape (P, 2).
            avg_factor: Divisor of the sum, usually the number of positive samples.

        Returns:
            A scalar; 0 (with a gradient) without positive samples.
        """
        return (
            self.loss_weight
            * F.smooth_l1_loss(offsets, targets, reduction='sum', beta=self.beta)
            / avg_factor
        )
