"""Plain feature pyramid over spatio-temporal levels."""

from __future__ import annotations

from collections.abc import Sequence

from mmaction.registry import MODELS
from mmengine.model import BaseModule
from torch import Tensor, nn

from mmaction_mespot.models.layers import DepthwiseSeparableConv3d, resize_to

from .pyramid_levels import build_laterals, check_levels, lateral_levels


@MODELS.register_module()
class FPN3D(BaseModule):
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

    def __init__(
        self,
        in_channels: Sequence[int],
        out_channels: int,
        num_levels: int = 5,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg)
        check_levels('FPN3D', in_channels, num_levels)
        self.num_levels = num_levels
        self.laterals = build_laterals(in_channels, out_channels)
        self.convs = nn.ModuleList(
            DepthwiseSeparableConv3d(out_channels, out_channels) for _ in range(num_levels)
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
        levels = lateral_levels('FPN3D', self.laterals, features, self.num_levels)
        for index in range(self.num_levels - 2, -1, -1):
            levels[index] = levels[index] + resize_to(levels[index + 1], levels[index].shape[2:])
        return tuple(conv(level) for conv, level in zip(self.convs, levels, strict=True))
