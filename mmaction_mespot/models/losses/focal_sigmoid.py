"""Binary cross-entropy made focal."""

from __future__ import annotations

import torch.nn.functional as F
from mmaction.registry import MODELS
from torch import Tensor, nn


@MODELS.register_module()
class FocalSigmoidLoss(nn.Module):
    """``-alpha_t (1 - p_t)^gamma log p_t`` of every class by itself (Lin et al. 2017, equation 5).

    ``p_t`` is the sigmoid probability of what is true; ``alpha_t`` is ``alpha`` where the class is there and
    ``1 - alpha`` where it is not.

    Args:
        gamma: Focus on hard samples. Defaults to 2.0.
        alpha: Weight of what is there. Defaults to 0.25.
        loss_weight: Factor of the whole. Defaults to 1.0.
    """

    def __init__(self, gamma: float = 2.0, alpha: float = 0.25, loss_weight: float = 1.0) -> None:
        super().__init__()
        self.gamma = gamma
        self.alpha = alpha
        self.loss_weight = loss_weight

    def forward(self, logits: Tensor, targets: Tensor, avg_factor: Tensor | float) -> Tensor:
        """Sum the loss over samples and classes.

        Args:
            logits: Any shape.
            targets: 1 where the class is there, else 0; the same shape.
            avg_factor: Divisor of the sum, usually the number of positive samples.

        Returns:
            A scalar.
        """
        entropy = F.binary_cross_entropy_with_logits(logits, targets, reduction='none')
        # the clamp keeps the gradient of a power below 1 finite where the probability is 1
        doubt = (-(-entropy).expm1()).clamp(min=1e-12)
        weight = self.alpha * targets + (1 - self.alpha) * (1 - targets)
        return self.loss_weight * (weight * doubt**self.gamma * entropy).sum() / avg_factor
