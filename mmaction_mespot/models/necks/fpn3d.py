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
        in_channels: Channels of the backbone's levels, fine to coarse.
        out_channels: The one width of the pyramid.
        num_levels: Levels of the pyramid, P3 to P7 by default. Defaults to 5.
        init_cfg: Initialisation of MMEngine. Defaults to None.

    Raises:
        MESpotError: If there are more inputs than levels, or less than two levels.
    """

    def build_convs(self, channels: int) -> None:
        """One convolution per level."""
        self.convs = nn.ModuleList(
            DepthwiseSeparableConv3d(channels, channels) for _ in range(self.num_levels)
        )

    def forward(self, features: Sequence[Tensor]) -> tuple[Tensor, ...]:
        """Fuse the backbone's levels.

        Args:
            features: One feature (N, C_l, T_l, H_l, W_l) for each of ``in_channels``, fine to coarse.

        Returns:
            ``num_levels`` features (N, out_channels, T_l, H_l, W_l).

        Raises:
            MESpotError: If the number of features differs from ``in_channels``.
        """
        levels = self.pyramid(features)
        return tuple(conv(level) for conv, level in zip(self.convs, levels, strict=True))
