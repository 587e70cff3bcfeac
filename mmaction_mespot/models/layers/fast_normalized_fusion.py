"""Weighted sum of features, the fractions of equations (1) and (2)."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn


class FastNormalizedFusion(nn.Module):
    """Fast normalised fusion: ``sum(relu(w_i) x_i) / (sum(relu(w_i)) + epsilon)``.

    The bracket of the paper's equations (1) and (2), section III-B; the rule is EfficientDet's (Tan et al.
    2020).

    Args:
        num_inputs: Number of features to fuse, each with a learned weight that starts at 1.
        epsilon: Keeps the quotient finite when every weight is zero. Defaults to 1e-4.
    """

    def __init__(self, num_inputs: int, epsilon: float = 1e-4) -> None:
        super().__init__()
        self.epsilon = epsilon
        self.weights = nn.Parameter(torch.ones(num_inputs))

    def forward(self, features: Sequence[Tensor]) -> Tensor:
        """Fuse features of one shape.

        Args:
            features: ``num_inputs`` tensors of one shape.

        Returns:
            One tensor of that shape.

        Raises:
            ValueError: If there are more or fewer features than weights.
        """
        if len(features) != len(self.weights):
            raise ValueError(
                f'FastNormalizedFusion of {len(self.weights)} inputs got {len(features)} features'
            )
        weights = torch.relu(self.weights)
        weights = weights / (weights.sum() + self.epsilon)
        fused = weights[0] * features[0]
        for weight, feature in zip(weights[1:], features[1:], strict=True):
            fused = fused + weight * feature
        return fused
