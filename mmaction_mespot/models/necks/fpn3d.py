"""Plain feature pyramid over spatio-temporal levels."""

from __future__ import annotations

from collections.abc import Sequence

from mmaction.registry import MODELS
from torch import Tensor, nn

from mmaction_mespot.models.layers import DepthwiseSeparableConv3d

from .pyramid_levels import FeaturePyramid


@MODELS.register_module()
class FPN3D(FeaturePyramid):
    """Feature pyramid network (Lin et al. 2017) with a temporal dimension.

    Beside :class:`BiFPN3D`, with the same laterals, the same levels above the backbone's and the same kind of
    convolution. What differs is the fusion: one way from coarse to fine, plain sums, no attention, one
    convolution per level.

    Args:
        *args, **kwargs: Those of :class:`FeaturePyramid`.
    """

    def build_convs(self, channels: int) -> None:
        """One convolution per level."""
        self.convs = nn.ModuleList(
            DepthwiseSeparableConv3d(channels, channels) for _ in range(self.num_levels)
        )

    def forward(self, features: Sequence[Tensor]) -> tuple[Tensor, ...]:
        """Fuse the backbone's levels; arguments and results as of :meth:`pyramid`."""
        levels = self.pyramid(features)
        return tuple(conv(level) for conv, level in zip(self.convs, levels, strict=True))
