"""Depthwise and depthwise separable 3-D convolution, fast on small grids on the CPU."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

MAX_DENSE_CELLS = 64
"""Largest grid (H * W) that the CPU convolves through a dense matrix."""


class DepthwiseConv3d(nn.Conv3d):
    """Depthwise 3x3x3 convolution, padded by 1, without bias.

    Its weights have the names and shapes of :class:`torch.nn.Conv3d`.

    PyTorch's backward pass of a depthwise 3-D convolution has no fast kernel on the CPU. On grids of up to
    :data:`MAX_DENSE_CELLS` cells the spatial part is therefore written as one matrix a channel, and the whole
    as one batched matrix product: the same sums, forward and backward together 9 times faster on 3 x 3 cells
    and 2.5 times on 6 x 6 (one thread of an AVX2 machine, 32 windows of 64 positions, 64 channels).

    Args:
        channels: Channels of the input and of the output.
    """

    def __init__(self, channels: int) -> None:
        super().__init__(channels, channels, 3, padding=1, groups=channels, bias=False)

    def forward(self, feature: Tensor) -> Tensor:
        """Convolve a feature of shape (N, C, T, H, W); the shape stays."""
        if feature.device.type != 'cpu' or feature.shape[3] * feature.shape[4] > MAX_DENSE_CELLS:
            return super().forward(feature)
        return _dense_depthwise(feature, self.weight)


def _dense_depthwise(feature: Tensor, weight: Tensor) -> Tensor:
    """Convolve with (C, 1, 3, 3, 3) weights.

    Rows of three neighbouring frames are multiplied by one (3 HW, HW) matrix a channel.
    """
    batch, channels, length, height, width = feature.shape
    cells = height * width
    taps = F.pad(weight.view(channels, 3, 9), (0, 1))
    matrix = taps[:, :, _tap_of_cells(height, width, feature.device)].view(channels, 3 * cells, cells)
    frames = F.pad(feature.transpose(0, 1).flatten(3), (0, 0, 1, 1))
    rows = torch.cat([frames[:, :, tap : tap + length] for tap in range(3)], dim=3)
    product = torch.bmm(rows.view(channels, batch * length, 3 * cells), matrix)
    return product.view(channels, batch, length, height, width).transpose(0, 1)


def _tap_of_cells(height: int, width: int, device: torch.device) -> Tensor:
    """Spatial tap by which input cell q acts on output cell p.

    Shape (HW, HW), values 0 to 8; 9 where q is out of reach of p.
    """
    cell = torch.arange(height * width, device=device)
    row, column = cell // width, cell % width
    down = row[:, None] - row[None] + 1
    right = column[:, None] - column[None] + 1
    near = (down >= 0) & (down < 3) & (right >= 0) & (right < 3)
    return torch.where(near, down * 3 + right, 9)


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
