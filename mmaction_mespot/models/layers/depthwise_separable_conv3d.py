"""The convolution of a BiFPN node."""

from __future__ import annotations

from torch import Tensor, nn

from .depthwise_conv3d import DepthwiseConv3d


class DepthwiseSeparableConv3d(nn.Module):
    """Depthwise 3x3x3 convolution, then a pointwise one, each followed by batch normalisation and ReLU.

    Paper, section III-B: "depthwise separable convolution is used for feature fusion, and BN and ReLU
    operations are added after each convolution". Time and space keep their sizes.

    Args:
        in_channels: Channels of the input.
        out_channels: Channels of the output.
    """

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.depthwise = DepthwiseConv3d(in_channels)
        self.depthwise_norm = nn.BatchNorm3d(in_channels)
        self.pointwise = nn.Conv3d(in_channels, out_channels, 1, bias=False)
        self.pointwise_norm = nn.BatchNorm3d(out_channels)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, feature: Tensor) -> Tensor:
        """Convolve a feature of shape (N, C, T, H, W); returns (N, C', T, H, W)."""
        feature = self.relu(self.depthwise_norm(self.depthwise(feature)))
        return self.relu(self.pointwise_norm(self.pointwise(feature)))
