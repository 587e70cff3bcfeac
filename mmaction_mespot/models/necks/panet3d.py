"""Path aggregation over spatio-temporal levels."""

from __future__ import annotations

from collections.abc import Sequence

import torch.nn.functional as F
from mmaction.registry import MODELS
from torch import Tensor, nn

from mmaction_mespot.models.layers import resize_to

from .pyramid_levels import FeaturePyramid


class _PathConv(nn.Module):
    """3x3x3 convolution, batch normalisation, ReLU; its stride halves what is larger than the target."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv3d(channels, channels, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm3d(channels)

    def forward(self, feature: Tensor, size: Sequence[int]) -> Tensor:
        stride = [2 if old > new else 1 for old, new in zip(feature.shape[2:], size, strict=True)]
        moved = F.conv3d(feature, self.conv.weight, stride=stride, padding=1)
        return F.relu(self.norm(resize_to(moved, size)))


@MODELS.register_module()
class PANet3D(FeaturePyramid):
    """PANet (Liu et al. 2018; the paper's figure 2b) with a temporal dimension.

    As published: a feature pyramid from coarse to fine, then a path from fine to coarse, in which each level
    is the sum of the one below, convolved with a stride of 2, and the level of the pyramid, convolved again;
    every level is a full convolution. Ours: the third dimension, and the levels above the backbone's, as in
    :class:`BiFPN3D`; where two levels have the same size along an axis, the stride along it is 1.

    Args:
        *args, **kwargs: Those of :class:`FeaturePyramid`.
    """

    def build_convs(self, channels: int) -> None:
        """One convolution per level of the pyramid, two per step of the way back."""
        self.pyramid_convs = nn.ModuleList(_PathConv(channels) for _ in range(self.num_levels))
        self.down_convs = nn.ModuleList(_PathConv(channels) for _ in range(self.num_levels - 1))
        self.path_convs = nn.ModuleList(_PathConv(channels) for _ in range(self.num_levels - 1))

    def forward(self, features: Sequence[Tensor]) -> tuple[Tensor, ...]:
        """Fuse the backbone's levels; arguments and results as of :meth:`pyramid`."""
        levels = self.pyramid(features)
        sizes = [level.shape[2:] for level in levels]
        levels = [
            conv(level, size) for conv, level, size in zip(self.pyramid_convs, levels, sizes, strict=True)
        ]
        for index, (down, conv) in enumerate(zip(self.down_convs, self.path_convs, strict=True)):
            size = sizes[index + 1]
            levels[index + 1] = conv(levels[index + 1] + down(levels[index], size), size)
        return tuple(levels)
