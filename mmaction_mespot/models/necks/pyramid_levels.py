"""What the necks do before their fusion: one width, and levels above the backbone's."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

from mmengine.model import BaseModule
from torch import Tensor, nn

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.models.layers import resize_to


def check_levels(neck: str, in_channels: Sequence[int], num_levels: int) -> None:
    """Check that the backbone's levels fit into the pyramid.

    Raises:
        MESpotError: If there are no inputs, more inputs than levels, or a single level.
    """
    if num_levels < 2 or not 1 <= len(in_channels) <= num_levels:
        raise MESpotError(
            f'{neck}: num_levels={num_levels} needs at least 2 levels and 1 to {num_levels} inputs, '
            f'found in_channels={tuple(in_channels)}'
        )


def build_laterals(in_channels: Sequence[int], out_channels: int) -> nn.ModuleList:
    """1x1x1 convolutions with batch normalisation that bring the backbone's levels to one width."""
    return nn.ModuleList(
        nn.Sequential(nn.Conv3d(channels, out_channels, 1, bias=False), nn.BatchNorm3d(out_channels))
        for channels in in_channels
    )


def lateral_levels(
    neck: str, laterals: nn.ModuleList, features: Sequence[Tensor], num_levels: int
) -> list[Tensor]:
    """Bring features to one width, and max-pool the last one by 2 in time and space for the levels above.

    Args:
        neck: Name for the message.
        laterals: As :func:`build_laterals` makes them.
        features: One (N, C_l, T_l, H_l, W_l) for each lateral, fine to coarse.
        num_levels: Levels in all.

    Returns:
        ``num_levels`` features; one above the inputs has half the size of the one below, rounded up.

    Raises:
        MESpotError: If the number of features differs from the laterals.
    """
    if len(features) != len(laterals):
        raise MESpotError(f'{neck} takes {len(laterals)} features, found {len(features)}')
    levels = [lateral(feature) for lateral, feature in zip(laterals, features, strict=True)]
    return extend_levels(levels, num_levels)


def extend_levels(levels: Sequence[Tensor], num_levels: int) -> list[Tensor]:
    """Add levels, each the one below max-pooled by 2 in time and space, until there are ``num_levels``."""
    levels = list(levels)
    while len(levels) < num_levels:
        top = levels[-1]
        levels.append(resize_to(top, [(length + 1) // 2 for length in top.shape[2:]]))
    return levels


class FeaturePyramid(BaseModule):
    """Base of the necks that begin with a feature pyramid (Lin et al. 2017): one way from coarse to fine.

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
        check_levels(type(self).__name__, in_channels, num_levels)
        self.num_levels = num_levels
        self.laterals = build_laterals(in_channels, out_channels)
        self.build_convs(out_channels)

    @abstractmethod
    def build_convs(self, channels: int) -> None:
        """Build the layers that follow the laterals."""

    def pyramid(self, features: Sequence[Tensor]) -> list[Tensor]:
        """Add each level to the one below it, from coarse to fine.

        Args:
            features: One feature (N, C_l, T_l, H_l, W_l) for each of ``in_channels``, fine to coarse.

        Returns:
            ``num_levels`` features (N, out_channels, T_l, H_l, W_l).

        Raises:
            MESpotError: If the number of features differs from ``in_channels``.
        """
        levels = lateral_levels(type(self).__name__, self.laterals, features, self.num_levels)
        for index in range(self.num_levels - 2, -1, -1):
            levels[index] = levels[index] + resize_to(levels[index + 1], levels[index].shape[2:])
        return levels
