"""A small Swin transformer on pictures of motion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from mmaction.registry import MODELS
from torch import Tensor, nn

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.detections import CLASSES

from .picture_networks import MotionPictures

SHIFTS = ((-1, -1), (-1, 1), (1, -1), (1, 1))
"""Directions in which shifted-patch tokens move the picture, by half a patch."""


def shifted_pictures(pictures: Tensor, patch: int) -> Tensor:
    """A picture, and the four that are moved diagonally by half a patch, along the channels.

    Args:
        pictures: (F, C, H, W).
        patch: Side of a patch in px.

    Returns:
        (F, 5 C, H, W); zeros come in from beyond the border.
    """
    half = patch // 2
    height, width = pictures.shape[2:]
    padded = F.pad(pictures, (half, half, half, half))
    moved = [
        padded[:, :, half - down * half :, half - right * half :][:, :, :height, :width]
        for down, right in SHIFTS
    ]
    return torch.cat([pictures, *moved], dim=1)


class LocalitySelfAttention(nn.Module):
    """Attention within one window: a learned temperature, no token looks at itself, relative positions.

    Args:
        channels: Width of a token.
        heads: Heads.
        side: Side of the window in tokens.
    """

    apart: Tensor

    def __init__(self, channels: int, heads: int, side: int) -> None:
        super().__init__()
        self.heads = heads
        self.temperature = nn.Parameter(torch.tensor(float(channels // heads) ** -0.5))
        self.mix = nn.Linear(channels, 3 * channels)
        self.leave = nn.Linear(channels, channels)
        self.bias = nn.Parameter(0.02 * torch.randn(heads, (2 * side - 1) ** 2))
        at = torch.stack(torch.meshgrid(torch.arange(side), torch.arange(side), indexing='ij')).flatten(1)
        apart = at[:, :, None] - at[:, None] + side - 1
        self.register_buffer('apart', apart[0] * (2 * side - 1) + apart[1], persistent=False)

    def forward(self, tokens: Tensor) -> Tensor:
        """(F, side * side, C) to the same shape."""
        query, key, value = self.mix(tokens).unflatten(2, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        likeness = query @ key.transpose(-2, -1) * self.temperature + self.bias[:, self.apart]
        if tokens.shape[1] > 1:
            itself = torch.eye(tokens.shape[1], dtype=torch.bool, device=tokens.device)
            likeness = likeness.masked_fill(itself, -torch.inf)
        return self.leave((likeness.softmax(dim=-1) @ value).transpose(1, 2).flatten(2))


class _Block(nn.Module):
    """Attention and a layer of four times the width, each added to what comes in."""

    def __init__(self, channels: int, heads: int, side: int) -> None:
        super().__init__()
        self.norms = nn.ModuleList(nn.LayerNorm(channels) for _ in range(2))
        self.attention = LocalitySelfAttention(channels, heads, side)
        self.full = nn.Sequential(
            nn.Linear(channels, 4 * channels), nn.GELU(), nn.Linear(4 * channels, channels)
        )

    def forward(self, tokens: Tensor) -> Tensor:
        tokens = tokens + self.attention(self.norms[0](tokens))
        return tokens + self.full(self.norms[1](tokens))


class _SmallSwin(nn.Module):
    """Tokens, stages of blocks, and between stages the merging of 2 x 2 tokens to one of twice the width."""

    def __init__(
        self, patch: int, size: int, channels: int, depths: Sequence[int], heads: Sequence[int]
    ) -> None:
        super().__init__()
        self.patch, self.size = patch, size
        self.embed = nn.Conv2d(5 * 3, channels, patch, patch)
        side = size // patch
        self.stages, self.merges = nn.ModuleList(), nn.ModuleList()
        for stage, (depth, own_heads) in enumerate(zip(depths, heads, strict=True)):
            self.stages.append(nn.Sequential(*(_Block(channels, own_heads, side) for _ in range(depth))))
            if stage < len(depths) - 1:
                self.merges.append(nn.Linear(4 * channels, 2 * channels, bias=False))
                channels, side = 2 * channels, (side + 1) // 2
        self.norm = nn.LayerNorm(channels)

    def forward(self, pictures: Tensor) -> Tensor:
        """(F, 3, H, W) to (F, channels of the last stage)."""
        if pictures.shape[2:] != (self.size, self.size):
            pictures = F.interpolate(pictures, (self.size, self.size), mode='bilinear', antialias=True)
        grid = self.embed(shifted_pictures(pictures, self.patch))
        for stage, blocks in enumerate(self.stages):
            side = grid.shape[2]
            tokens = blocks(grid.flatten(2).transpose(1, 2))
            grid = tokens.transpose(1, 2).unflatten(2, (side, side))
            if stage < len(self.merges):
                grid = F.pad(grid, (0, side % 2, 0, side % 2))
                four = F.pixel_unshuffle(grid, 2)
                grid = self.merges[stage](four.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
        return self.norm(grid.flatten(2).mean(dim=2))


@MODELS.register_module()
class SLSwin(MotionPictures):
    """SL-Swin: a Swin transformer for small data on SOFTNet's pictures.

    As published: pictures of 42 x 42 px in patches of 6, windows of 7 tokens, width 96, depths 2, 2, 6, 2
    with 3, 6, 12, 24 heads; tokens from the picture and four copies of it that are shifted by half a patch;
    attention with a learned temperature in which no token looks at itself; squared error. Ours: a picture has
    7 x 7 tokens, so a window is all of it and its shift, which would change nothing, is left out; what
    :class:`SOFTNet` says of itself.

    Source: He Erheng et al., "SL-Swin: A Transformer-Based Deep Learning Approach for Macro- and
    Micro-Expression Spotting on Small-Size Expression Datasets", Electronics 2023.

    Args:
        steps: k of (MaE, ME), positions. Defaults to (16, 6).
        patch: Side of a patch in px. Defaults to 6.
        size: Side of the pictures in px. Defaults to 42.
        channels: Width of the first stage. Defaults to 96.
        depths: Blocks of each stage. Defaults to (2, 2, 6, 2).
        heads: Heads of each stage. Defaults to (3, 6, 12, 24).
        **kwargs: Those of :class:`MotionPictures`.

    Raises:
        MESpotError: If the patches do not fill the picture, or depths and heads differ in number.
    """

    def __init__(
        self,
        steps: Sequence[int] = (16, 6),
        patch: int = 6,
        size: int = 42,
        channels: int = 96,
        depths: Sequence[int] = (2, 2, 6, 2),
        heads: Sequence[int] = (3, 6, 12, 24),
        **kwargs: Any,
    ) -> None:
        super().__init__(steps, **kwargs)
        if size % patch or len(depths) != len(heads):
            raise MESpotError(
                f'SLSwin: patches that fill the picture and heads for each stage expected, found {size} px '
                f'in patches of {patch}, depths {tuple(depths)}, heads {tuple(heads)}'
            )
        self.networks = nn.ModuleList(_SmallSwin(patch, size, channels, depths, heads) for _ in CLASSES)
