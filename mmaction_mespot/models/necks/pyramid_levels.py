"""What the necks do before their fusion: one width, and levels above the backbone's."""

from __future__ import annotations

from collections.abc import Sequence

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
