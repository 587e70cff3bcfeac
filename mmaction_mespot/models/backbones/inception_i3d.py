"""Inception-v1, inflated: the I3D of Carreira and Zisserman."""

from __future__ import annotations

from typing import NamedTuple

import torch
from mmaction.registry import MODELS
from mmengine.model import BaseModule
from torch import Tensor, nn

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.models.layers import pad_same

NORM_EPSILON = 1e-3
"""Epsilon of the batch normalisation in the published weights; PyTorch's default is 1e-5."""


class Widths(NamedTuple):
    """Channels of one Inception block (Szegedy et al. 2015, table 1).

    Attributes:
        point: Of the 1x1x1 branch.
        reduce_3: Of the 1x1x1 convolution before `conv_3`.
        conv_3: Of the first 3x3x3 branch.
        reduce_5: Of the 1x1x1 convolution before `conv_5`.
        conv_5: Of the second 3x3x3 branch, in Inception-v1 the one with the kernel of 5.
        pool: Of the branch that is max-pooled first.
    """

    point: int
    reduce_3: int
    conv_3: int
    reduce_5: int
    conv_5: int
    pool: int

    @property
    def out(self) -> int:
        """Channels of the block's output."""
        return self.point + self.conv_3 + self.conv_5 + self.pool


BLOCKS = dict(
    mixed_3b=Widths(64, 96, 128, 16, 32, 32),
    mixed_3c=Widths(128, 128, 192, 32, 96, 64),
    mixed_4b=Widths(192, 96, 208, 16, 48, 64),
    mixed_4c=Widths(160, 112, 224, 24, 64, 64),
    mixed_4d=Widths(128, 128, 256, 24, 64, 64),
    mixed_4e=Widths(112, 144, 288, 32, 64, 64),
    mixed_4f=Widths(256, 160, 320, 32, 128, 128),
    mixed_5b=Widths(256, 160, 320, 32, 128, 128),
    mixed_5c=Widths(384, 192, 384, 48, 128, 128),
)
"""The nine blocks in order; a 4th pooling goes before 4b, the 5th before 5b."""

STEM = dict(conv_1a=(64, 7, 2), conv_2b=(64, 1, 1), conv_2c=(192, 3, 1))
"""Channels, kernel and stride of the convolutions before the blocks."""

POOLS = dict(
    conv_2b=((1, 3, 3), (1, 2, 2)),
    mixed_3b=((1, 3, 3), (1, 2, 2)),
    mixed_4b=((3, 3, 3), (2, 2, 2)),
    mixed_5b=((2, 2, 2), (2, 2, 2)),
)
"""Kernel and stride of the max-pooling in front of a layer."""

LEVELS = ('mixed_3c', 'mixed_4f', 'mixed_5c')
"""The last block after the 3rd, 4th and 5th halving of the picture (``conv_1a`` is the first)."""


class InceptionUnit(nn.Module):
    """Convolution without bias, SAME padding, batch normalisation, ReLU.

    Args:
        in_channels: Channels of the input.
        out_channels: Channels of the output.
        kernel: Along time, height and width.
        stride: Along time, height and width.
    """

    def __init__(self, in_channels: int, out_channels: int, kernel: int = 1, stride: int = 1) -> None:
        super().__init__()
        # an odd kernel without stride needs the same at both ends
        padding = kernel // 2 if stride == 1 else 0
        self.conv = nn.Conv3d(in_channels, out_channels, kernel, stride, padding, bias=False)
        self.norm = nn.BatchNorm3d(out_channels, eps=NORM_EPSILON)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, feature: Tensor) -> Tensor:
        """Convolve (N, C, T, H, W); the lengths are divided by the stride and rounded up."""
        if self.conv.stride[0] > 1:
            feature = pad_same(feature, self.conv.kernel_size, self.conv.stride)
        return self.relu(self.norm(self.conv(feature)))


class InceptionBlock(nn.Module):
    """Four parallel branches, joined along the channels.

    Args:
        in_channels: Channels of the input.
        widths: Channels of the branches.
    """

    def __init__(self, in_channels: int, widths: Widths) -> None:
        super().__init__()
        self.point = InceptionUnit(in_channels, widths.point)
        self.reduce_3 = InceptionUnit(in_channels, widths.reduce_3)
        self.conv_3 = InceptionUnit(widths.reduce_3, widths.conv_3, 3)
        self.reduce_5 = InceptionUnit(in_channels, widths.reduce_5)
        self.conv_5 = InceptionUnit(widths.reduce_5, widths.conv_5, 3)
        self.max_pool = nn.MaxPool3d(3, stride=1, padding=1)
        self.pool = InceptionUnit(in_channels, widths.pool)

    def forward(self, feature: Tensor) -> Tensor:
        """Transform (N, C, T, H, W); time and space keep their sizes."""
        branches = (
            self.point(feature),
            self.conv_3(self.reduce_3(feature)),
            self.conv_5(self.reduce_5(feature)),
            self.pool(self.max_pool(feature)),
        )
        return torch.cat(branches, dim=1)


@MODELS.register_module()
class InceptionI3D(BaseModule):
    """Inception-v1 inflated to 3-D, the backbone that the paper names (section III-A).

    Carreira and Zisserman: *Quo Vadis, Action Recognition?* (2017), figure 3, up to the last block. Padding
    is TensorFlow's SAME, as the published weights expect. The three levels are the last blocks after the 3rd,
    4th and 5th halving of the picture (paper, section III-C: "the 3rd, 4th and 5th pooling"):

    ========  ======  ====  =====  ========
    level     block   time  space  channels
    ========  ======  ====  =====  ========
    P3        3c      T/2   1/8    480
    P4        4f      T/4   1/16   832
    P5        5c      T/8   1/32   1024
    ========  ======  ====  =====  ========

    ``tools/convert_i3d.py`` makes its weights from the published ones.

    Args:
        in_channels: 3 for RGB, 2 for flow. Defaults to 3.
        init_cfg: Initialisation of MMEngine. Defaults to None.
    """

    def __init__(self, in_channels: int = 3, init_cfg: dict | None = None) -> None:
        super().__init__(init_cfg)
        self.in_channels = channels = in_channels
        layers: dict[str, nn.Module] = {}
        for name, (out_channels, kernel, stride) in STEM.items():
            layers[name] = InceptionUnit(channels, out_channels, kernel, stride)
            channels = out_channels
        for name, widths in BLOCKS.items():
            layers[name] = InceptionBlock(channels, widths)
            channels = widths.out
        for name, layer in layers.items():
            self.add_module(name, layer)
        self.pools = nn.ModuleDict({name: nn.MaxPool3d(*pool) for name, pool in POOLS.items()})

    def forward(self, stream: Tensor) -> tuple[Tensor, ...]:
        """Compute the levels.

        Args:
            stream: Shape (N, in_channels, T, H, W).

        Returns:
            P3, P4, P5, each (N, C, T', H', W'), sizes rounded up.

        Raises:
            MESpotError: If the stream has another shape.
        """
        if stream.dim() != 5 or stream.shape[1] != self.in_channels:
            raise MESpotError(
                f'InceptionI3D takes (N, {self.in_channels}, T, H, W), found {tuple(stream.shape)}'
            )
        feature, levels = stream, []
        for name in (*STEM, *BLOCKS):
            if name in POOLS:
                # zeros stand for "nothing" here: what is pooled comes out of a ReLU
                feature = self.pools[name](pad_same(feature, *POOLS[name]))
            feature = self.get_submodule(name)(feature)
            if name in LEVELS:
                levels.append(feature)
        return tuple(levels)
