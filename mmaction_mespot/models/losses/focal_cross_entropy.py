"""Softmax cross-entropy made focal."""

from __future__ import annotations

from collections.abc import Sequence

import torch.nn.functional as F
from mmaction.registry import MODELS
from torch import Tensor, nn

from mmaction_mespot.errors import MESpotError


@MODELS.register_module()
class FocalCrossEntropyLoss(nn.Module):
    """``-alpha_c (1 - p_c)^gamma log p_c`` of the softmax probability ``p_c`` of the true class ``c``.

    The paper's cross-entropy (section III-D) with the focal balance of positive and negative samples (section
    IV-B; Lin et al. 2017).

    Args:
        gamma: Focus on hard samples; 0 is the plain cross-entropy. Defaults to 2.0.
        class_weights: ``alpha`` of each class, the background last; None weighs all alike. Defaults to None.
        loss_weight: Factor of the whole. Defaults to 1.0.
    """

    def __init__(
        self, gamma: float = 2.0, class_weights: Sequence[float] | None = None, loss_weight: float = 1.0
    ) -> None:
        super().__init__()
        self.gamma = gamma
        self.class_weights = None if class_weights is None else tuple(class_weights)
        self.loss_weight = loss_weight

    def forward(self, logits: Tensor, targets: Tensor, avg_factor: Tensor | float) -> Tensor:
        """Sum the loss over the samples.

        Args:
            logits: Shape (N, number of classes).
            targets: True classes, shape (N,).
            avg_factor: Divisor of the sum, usually the number of positive samples.

        Returns:
            A scalar.

        Raises:
            MESpotError: If there is not one class weight for each logit.
        """
        log_probability = F.log_softmax(logits, dim=-1).gather(1, targets[:, None]).squeeze(1)
        # the clamp keeps the gradient of a power below 1 finite where the probability is 1
        doubt = (-log_probability.expm1()).clamp(min=1e-12)
        loss = -(doubt**self.gamma) * log_probability
        if self.class_weights is not None:
            if len(self.class_weights) != logits.shape[1]:
                raise MESpotError(
                    f'FocalCrossEntropyLoss: class_weights={self.class_weights} for {logits.shape[1]} logits '
                    '(the background counts)'
                )
            loss = loss * logits.new_tensor(self.class_weights)[targets]
        return self.loss_weight * loss.sum() / avg_factor
