"""Layers on the regions of a face as the nodes of a graph."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class GraphConv(nn.Module):
    """``A X W``: each region takes the linear features of its neighbours, weighed by a fixed matrix.

    Args:
        adjacency: (R, R), not negative; its rows are scaled to sum to 1. A region without neighbours gets
            nothing but the bias.
        in_channels: Features of a region.
        out_channels: Features of a region after it.
    """

    adjacency: Tensor

    def __init__(self, adjacency: Tensor, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.register_buffer('adjacency', torch.empty(adjacency.shape))
        self.set_adjacency(adjacency)
        self.linear = nn.Linear(in_channels, out_channels)

    def set_adjacency(self, adjacency: Tensor) -> None:
        """Take another matrix of the same size; its rows are scaled to sum to 1."""
        rows = adjacency.to(self.adjacency)
        self.adjacency.copy_(rows / rows.sum(dim=1, keepdim=True).clamp_min(1e-12))

    def forward(self, nodes: Tensor) -> Tensor:
        """(..., R, in_channels) to (..., R, out_channels)."""
        return (
            torch.matmul(self.adjacency, nn.functional.linear(nodes, self.linear.weight)) + self.linear.bias
        )


class GraphAttention(nn.Module):
    """Self-attention of several heads among the nodes along one axis, added to what comes in.

    Args:
        channels: Features of a node.
        heads: Heads; each has ``channels / heads`` of them.
        dropout: On the attention.
    """

    def __init__(self, channels: int, heads: int = 4, dropout: float = 0.0) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(channels)
        self.attention = nn.MultiheadAttention(channels, heads, dropout, batch_first=True)

    def forward(self, nodes: Tensor) -> Tensor:
        """(N, nodes, channels) to the same shape."""
        normed = self.norm(nodes)
        return nodes + self.attention(normed, normed, normed, need_weights=False)[0]
