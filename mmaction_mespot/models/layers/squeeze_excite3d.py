"""Channel attention for 5-D features."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class SqueezeExcite3d(nn.Module):
    """Squeeze-and-excitation (Hu et al. 2018) over time and space.

    A feature's mean over time and space goes through two fully connected layers; their sigmoid scales its
    channels.

    Args:
        channels: Channels of the feature.
        reduction: The layer in the middle is that many times narrower. Defaults to 4.
    """

    def __init__(self, channels: int, reduction: int = 4) -> None:
        super().__init__()
        hidden = max(channels // reduction, 1)
        self.squeeze = nn.Linear(channels, hidden)
        self.excite = nn.Linear(hidden, channels)

    def forward(self, feature: Tensor) -> Tensor:
        """Scale the channels of a feature.

        Args:
            feature: Shape (N, C, T, H, W).

        Returns:
            The scaled feature, same shape.
        """
        scale = torch.sigmoid(self.excite(torch.relu(self.squeeze(feature.mean(dim=(2, 3, 4))))))
        return feature * scale[:, :, None, None, None]
