"""Channel and spatial attention for 5-D features."""

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


class SpatialAttention3d(nn.Module):
    """Spatial attention (the second half of CBAM, Woo et al. 2018), over time and space.

    The mean and the maximum over the channels go through one 3x3x3 convolution; its sigmoid scales every
    place. (CBAM's 7 x 7 kernel is wider than most grids here.)
    """

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv3d(2, 1, 3, padding=1)

    def forward(self, feature: Tensor) -> Tensor:
        """Scale the places of a feature.

        Args:
            feature: Shape (N, C, T, H, W).

        Returns:
            The scaled feature, same shape.
        """
        summary = torch.cat([feature.mean(dim=1, keepdim=True), feature.amax(dim=1, keepdim=True)], dim=1)
        return feature * torch.sigmoid(self.conv(summary))
