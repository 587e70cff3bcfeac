"""Cross-entropy made focal, of softmax and of sigmoid."""

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
