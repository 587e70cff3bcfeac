"""A network that looks at a short stretch of all regions around every frame."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from mmaction.registry import MODELS
from torch import Tensor, nn

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.models.layers.graph import GraphAttention

from .region_networks import BROWS, NOSE, RegionNetwork

MOUTH_CORNERS = ('right_mouth_corner', 'left_mouth_corner')


@MODELS.register_module()
class SpotFormer(RegionNetwork):
    """SpotFormer: attention over the regions, then over time, of 17 frames around every frame.

    As published: 17 frames by 10 regions by (u, v); a linear layer to 256 with batch normalisation; learned
    embeddings of time and of three parts of the face; graph attention among the regions (4 heads of 64);
    pooling of the regions 10 to 3 (the parts) to 1; attention over time and convolutions of kernel 3 and
    stride 2 that bring 17 frames to 8, 3, 2 and 1. Ours: which regions and parts; the last step, from 2 to 1,
    has a kernel of 2; the regions of a part, and the parts, are pooled by their maximum. The ten outputs and
    the losses are those of :class:`ApexBoundaryHead`, the supervised contrast its option.

    Source: Deng et al., "SpotFormer: Multi-Scale Spatio-Temporal Transformer for Facial Expression Spotting",
    2024.

    Args:
        parts: Names of the regions of each of three parts of the face. Defaults to the brows, the nose and
        the
            mouth corners.
        channels: Width. Defaults to 256.
        heads: Heads of the attentions. Defaults to 4.
        dropout: On the attentions. Defaults to 0.1.
        init_cfg: Initialisation of MMEngine. Defaults to None.

    Raises:
        MESpotError: If there are not three parts of known regions.
    """

    FRAMES = 17
    own_part: Tensor

    def __init__(
        self,
        parts: Sequence[Sequence[str]] = (BROWS, NOSE, MOUTH_CORNERS),
        channels: int = 256,
        heads: int = 4,
        dropout: float = 0.1,
        init_cfg: dict | None = None,
    ) -> None:
        if len(parts) != 3 or not all(parts):
            raise MESpotError(f'SpotFormer: three parts with regions expected, found {parts}')
        super().__init__([name for part in parts for name in part], init_cfg)
        self.sizes = [len(part) for part in parts]
        own = [number for number, size in enumerate(self.sizes) for _ in range(size)]
        self.register_buffer('own_part', torch.tensor(own), persistent=False)
        self.enter = nn.Linear(2, channels)
        self.norm = nn.BatchNorm1d(channels)
        self.time_embedding = nn.Parameter(0.02 * torch.randn(self.FRAMES, 1, channels))
        self.part_embedding = nn.Parameter(0.02 * torch.randn(3, channels))
        self.region_attention = GraphAttention(channels, heads, dropout)
        self.part_attention = GraphAttention(channels, heads, dropout)
        self.time_attention = nn.ModuleList(GraphAttention(channels, heads, dropout) for _ in range(3))
        self.shorten = nn.ModuleList(
            [
                nn.Conv1d(channels, channels, 3, stride=2),  # 17 to 8
                nn.Conv1d(channels, channels, 3, stride=2),  # 8 to 3
                nn.Conv1d(channels, channels, 3, stride=2, padding=1),  # 3 to 2
                nn.Conv1d(channels, channels, 2),  # 2 to 1
            ]
        )

    def describe(self, flow: Tensor) -> Tensor:
        """(N, T, R, 2) to (N, channels, T); beyond the ends the face stands still."""
        batch, length, regions, _ = flow.shape
        half = self.FRAMES // 2
        tokens = self.norm(self.enter(F.pad(flow, (0, 0, 0, 0, half, half))).flatten(0, 2))
        tokens = tokens.view(batch, length + 2 * half, regions, -1)
        tokens = tokens.unfold(1, self.FRAMES, 1).permute(0, 1, 4, 2, 3).flatten(0, 1)
        tokens = tokens + self.time_embedding + self.part_embedding[self.own_part]
        nodes = self.region_attention(tokens.flatten(0, 1))
        nodes = torch.stack([part.amax(dim=1) for part in nodes.split(self.sizes, dim=1)], dim=1)
        sequence = self.part_attention(nodes).amax(dim=1).view(batch * length, self.FRAMES, -1)
        for step, conv in enumerate(self.shorten):
            if step < len(self.time_attention):
                sequence = self.time_attention[step](sequence)
            sequence = F.relu(conv(sequence.transpose(1, 2))).transpose(1, 2)
        return sequence[:, 0].view(batch, length, -1).transpose(1, 2)
