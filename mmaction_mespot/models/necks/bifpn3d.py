"""Bidirectional feature pyramid over spatio-temporal levels."""

from __future__ import annotations

from collections.abc import Sequence

from mmaction.registry import MODELS
from mmengine.model import BaseModule
from torch import Tensor, nn

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.models.layers import (
    DepthwiseSeparableConv3d,
    FastNormalizedFusion,
    SpatialAttention3d,
    SqueezeExcite3d,
    resize_to,
)

from .bifpn_graph import bifpn_nodes
from .pyramid_levels import build_laterals, check_levels, lateral_levels

ATTENTIONS = ('se', 'spatial', 'none')


def _build_attention(attention: str, channels: int, se_reduction: int) -> nn.Module:
    """What weighs one input of a node."""
    if attention == 'se':
        return SqueezeExcite3d(channels, se_reduction)
    return SpatialAttention3d() if attention == 'spatial' else nn.Identity()


class _FusionNode(nn.Module):
    """``Conv(fusion(attention(x_1), Resize(attention(x_2)), ...))``: equation (1) or (2) for one node."""

    def __init__(
        self, num_inputs: int, channels: int, attention: str, se_reduction: int, epsilon: float
    ) -> None:
        super().__init__()
        self.attention = nn.ModuleList(
            _build_attention(attention, channels, se_reduction) for _ in range(num_inputs)
        )
        self.fusion = FastNormalizedFusion(num_inputs, epsilon)
        self.conv = DepthwiseSeparableConv3d(channels, channels)

    def forward(self, features: Sequence[Tensor], size: Sequence[int]) -> Tensor:
        """Fuse features, each resized to ``size`` (T, H, W)."""
        weighed = [attend(feature) for attend, feature in zip(self.attention, features, strict=True)]
        return self.conv(self.fusion([resize_to(feature, size) for feature in weighed]))


class _BiFPNLayer(nn.Module):
    """One pass down and up the pyramid."""

    def __init__(
        self, num_levels: int, channels: int, attention: str, se_reduction: int, epsilon: float
    ) -> None:
        super().__init__()
        self.graph, self.outputs = bifpn_nodes(num_levels)
        self.nodes = nn.ModuleList(
            _FusionNode(len(node.inputs), channels, attention, se_reduction, epsilon) for node in self.graph
        )

    def forward(self, levels: Sequence[Tensor]) -> list[Tensor]:
        """Fuse the levels; each keeps its shape."""
        features = list(levels)
        for node, module in zip(self.graph, self.nodes, strict=True):
            features.append(module([features[i] for i in node.inputs], levels[node.level].shape[2:]))
        return [features[i] for i in self.outputs]


@MODELS.register_module()
class BiFPN3D(BaseModule):
    """BiFPN with a third, temporal dimension (paper, sections III-B and III-C).

    1x1x1 convolutions bring the backbone's levels to one width (one lateral serves both directions); the
    levels above come from max-pooling the last one by 2 in time and space, again and again. Each layer then
    fuses the levels down and up by fast normalised fusion, attention on every input of every node, and a
    depthwise separable convolution.

    Args:
        in_channels: Channels of the backbone's levels, fine to coarse.
        out_channels: The one width of the pyramid.
        num_levels: Levels of the pyramid, P3 to P7 by default. Defaults to 5.
        num_repeats: Number of BiFPN layers; 0 gives the resized inputs alone (ablation). Defaults to 2.
        attention: What weighs the inputs of a node: ``'se'`` their channels (squeeze-and-excitation, the
            paper's), ``'spatial'`` their places (:class:`SpatialAttention3d`), ``'none'`` nothing. Defaults
            to ``'se'``.
        se_reduction: Narrowing inside the squeeze-and-excitation. Defaults to 4.
        epsilon: Of the fast normalised fusion. Defaults to 1e-4.
        init_cfg: Initialisation of MMEngine. Defaults to None.

    Raises:
        MESpotError: If the attention is unknown, there are more inputs than levels, or less than two levels.
    """

    def __init__(
        self,
        in_channels: Sequence[int],
        out_channels: int,
        num_levels: int = 5,
        num_repeats: int = 2,
        attention: str = 'se',
        se_reduction: int = 4,
        epsilon: float = 1e-4,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg)
        if attention not in ATTENTIONS:
            raise MESpotError(f'BiFPN3D: attention must be one of {ATTENTIONS}, found {attention!r}')
        check_levels('BiFPN3D', in_channels, num_levels)
        self.num_levels = num_levels
        self.laterals = build_laterals(in_channels, out_channels)
        self.layers = nn.ModuleList(
            _BiFPNLayer(num_levels, out_channels, attention, se_reduction, epsilon)
            for _ in range(num_repeats)
        )

    def forward(self, features: Sequence[Tensor]) -> tuple[Tensor, ...]:
        """Fuse the backbone's levels.

        Args:
            features: One feature (N, C_l, T_l, H_l, W_l) for each of ``in_channels``, fine to coarse.

        Returns:
            ``num_levels`` features (N, out_channels, T_l, H_l, W_l); a level above the inputs has half the
            size of the one below, rounded up.

        Raises:
            MESpotError: If the number of features differs from ``in_channels``.
        """
        levels = lateral_levels('BiFPN3D', self.laterals, features, self.num_levels)
        for layer in self.layers:
            levels = layer(levels)
        return tuple(levels)
