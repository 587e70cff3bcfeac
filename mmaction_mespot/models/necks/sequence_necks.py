"""Necks on sequences: what published one-dimensional localizers build their pyramid of."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from mmaction.registry import MODELS
from mmengine.model import BaseModule
from torch import Tensor, nn

from mmaction_mespot.errors import MESpotError


def finest_sequence(features: Sequence[Tensor]) -> Tensor:
    """The finest level, averaged over space: (N, C, T)."""
    level = features[0]
    return level.flatten(3).mean(dim=3) if level.dim() == 5 else level


def halve(sequence: Tensor) -> Tensor:
    """(N, C, T) max-pooled by 2, its length rounded up: position i covers positions 2i and 2i + 1."""
    return F.max_pool1d(sequence, 2, ceil_mode=True)


class ChannelNorm(nn.LayerNorm):
    """Layer normalisation over the channels of (N, C, T)."""

    def forward(self, sequence: Tensor) -> Tensor:
        """Normalise each position by itself."""
        return super().forward(sequence.transpose(1, 2)).transpose(1, 2)


class LocalAttention(nn.Module):
    """Transformer block whose positions see only those within a window around them.

    Args:
        channels: Width.
        heads: Heads.
        window: Positions that each one sees, itself in the middle; odd.
        dropout: On what is added.
    """

    def __init__(self, channels: int, heads: int, window: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.heads, self.reach = heads, window // 2
        self.norms = nn.ModuleList(ChannelNorm(channels) for _ in range(2))
        self.mix = nn.Conv1d(channels, 3 * channels, 1)
        self.leave = nn.Conv1d(channels, channels, 1)
        self.full = nn.Sequential(
            nn.Conv1d(channels, 4 * channels, 1), nn.GELU(), nn.Conv1d(4 * channels, channels, 1)
        )
        self.dropout = nn.Dropout(dropout)

    def forward(self, sequence: Tensor) -> Tensor:
        """(N, C, T) to the same shape."""
        length = sequence.shape[2]
        query, key, value = (
            part.unflatten(1, (self.heads, -1)).transpose(2, 3)
            for part in self.mix(self.norms[0](sequence)).chunk(3, dim=1)
        )
        at = torch.arange(length, device=sequence.device)
        near = (at[:, None] - at).abs() <= self.reach
        attended = F.scaled_dot_product_attention(query, key, value, attn_mask=near)
        sequence = sequence + self.dropout(self.leave(attended.transpose(2, 3).flatten(1, 2)))
        return sequence + self.dropout(self.full(self.norms[1](sequence)))


class GranularityPerception(nn.Module):
    """TriDet's layer: an instant branch that gates each position, and a window branch of two granularities.

    ``f(mean) * conv_1(x) + conv_w(x) * (1 + conv_kw(x))``, added to what comes in, all convolutions
    depthwise; then a layer of four times the width.

    Args:
        channels: Width.
        kernel: Of the narrow window.
        factor: The wide window has ``factor`` times the kernel, made odd.
    """

    def __init__(self, channels: int, kernel: int = 3, factor: int = 5) -> None:
        super().__init__()
        wide = kernel * factor // 2 * 2 + 1

        def depthwise(size: int) -> nn.Conv1d:
            return nn.Conv1d(channels, channels, size, padding=size // 2, groups=channels)

        self.norms = nn.ModuleList(ChannelNorm(channels) for _ in range(2))
        self.narrow, self.wide, self.instant = depthwise(kernel), depthwise(wide), depthwise(1)
        self.whole = nn.Conv1d(channels, channels, 1, groups=channels)
        self.full = nn.Sequential(
            nn.Conv1d(channels, 4 * channels, 1), nn.GELU(), nn.Conv1d(4 * channels, channels, 1)
        )

    def forward(self, sequence: Tensor) -> Tensor:
        """(N, C, T) to the same shape."""
        normed = self.norms[0](sequence)
        whole = F.relu(self.whole(normed.mean(dim=2, keepdim=True)))
        window = self.narrow(normed) * (1 + self.wide(normed))
        sequence = sequence + self.instant(normed) * whole + window
        return sequence + self.full(self.norms[1](sequence))


LAYERS = ('attention', 'granularity')


@MODELS.register_module()
class SequencePyramid(BaseModule):
    """A pyramid over time alone, each level a layer on the one below, halved: ActionFormer's and TriDet's.

    As published: two convolutions embed the features; a stem of layers at the finest rate; each further level
    is the one below, halved, through another layer. ``'attention'``: ActionFormer's transformer with
    attention within a local window; ``'granularity'``: TriDet's scalable-granularity perception. Ours: the
    finest level of any backbone, averaged over space, is the feature; widths and number of layers; halving by
    max-pooling in both (ActionFormer's strided attention is left out), which keeps the time grid.

    Sources: Zhang, Wu, Li, "ActionFormer: Localizing Moments of Actions with Transformers", ECCV 2022; Shi et
    al., "TriDet: Temporal Action Detection with Relative Boundary Modeling", CVPR 2023.

    Args:
        in_channels: Channels of the finest level.
        out_channels: Width of the pyramid. Defaults to 64.
        layer: ``'attention'`` or ``'granularity'``. Defaults to 'attention'.
        num_levels: Levels. Defaults to 5.
        stem: Layers at the finest rate. Defaults to 2.
        heads: Heads of the attention. Defaults to 4.
        window: Positions that an attention sees. Defaults to 19, ActionFormer's.
        init_cfg: Initialisation of MMEngine. Defaults to None.

    Raises:
        MESpotError: If the layer is unknown.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int = 64,
        layer: str = 'attention',
        num_levels: int = 5,
        stem: int = 2,
        heads: int = 4,
        window: int = 19,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg)
        if layer not in LAYERS:
            raise MESpotError(f'SequencePyramid: layer must be one of {LAYERS}, found {layer!r}')

        def build() -> nn.Module:
            if layer == 'attention':
                return LocalAttention(out_channels, heads, window)
            return GranularityPerception(out_channels)

        self.embed = nn.Sequential(
            nn.Conv1d(in_channels, out_channels, 3, padding=1, bias=False),
            ChannelNorm(out_channels),
            nn.ReLU(inplace=True),
            nn.Conv1d(out_channels, out_channels, 3, padding=1, bias=False),
            ChannelNorm(out_channels),
            nn.ReLU(inplace=True),
        )
        self.stem = nn.Sequential(*(build() for _ in range(stem)))
        self.branch = nn.ModuleList(build() for _ in range(num_levels - 1))
        self.norms = nn.ModuleList(ChannelNorm(out_channels) for _ in range(num_levels))

    def forward(self, features: Sequence[Tensor]) -> tuple[Tensor, ...]:
        """Build the pyramid.

        Args:
            features: Levels of a backbone, fine to coarse; only the finest is used.

        Returns:
            ``num_levels`` features (N, out_channels, T_l), each half as long as the one before, rounded up.
        """
        sequence = self.stem(self.embed(finest_sequence(features)))
        levels = [sequence]
        for layer in self.branch:
            sequence = layer(halve(sequence))
            levels.append(sequence)
        return tuple(norm(level) for norm, level in zip(self.norms, levels, strict=True))


@MODELS.register_module()
class LocalGlobalPyramid(BaseModule):
    """LGSNet's pyramid: wide convolutions, strided ones, and attention that weighs local by global features.

    As published: two convolutions of kernel 9 to 512 with Mish, each followed by pooling by 2; convolutions
    of kernel 3 with strides 1, 2, 2, 2 to 512, 512, 1024, 1024; 1x1 convolutions to 512; a
    squeeze-and-excitation fusion and local times global attention on the finest level. Ours: widths as
    multiples of ``out_channels``; the pooling only as often as ``pools`` says, since our features come at
    half the rate already; local attention is a convolution's sigmoid, global attention the sigmoid of the
    mean over time, and their product weighs the level. With ``attention=False`` it is LSSNet's pyramid, as
    far as it is known.

    Sources: Yu et al., "LGSNet: A Two-Stream Network for Micro- and Macro-Expression Spotting with Background
    Modeling", IEEE Transactions on Affective Computing 2023; Yu, Jiang, Li, "LSSNet", ACM Multimedia 2021,
    the paper's reference [28].

    Args:
        in_channels: Channels of the finest level.
        out_channels: Width of the pyramid; 512 as published. Defaults to 64.
        pools: Poolings by 2 after the wide convolutions, 0 to 2. Defaults to 0.
        attention: Fusion and attention of LGSNet. Defaults to True.
        init_cfg: Initialisation of MMEngine. Defaults to None.

    Raises:
        MESpotError: If ``pools`` is none of 0, 1, 2.
    """

    STRIDES = (1, 2, 2, 2)
    WIDTHS = (1, 1, 2, 2)

    def __init__(
        self,
        in_channels: int,
        out_channels: int = 64,
        pools: int = 0,
        attention: bool = True,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg)
        if pools not in (0, 1, 2):
            raise MESpotError(f'LocalGlobalPyramid: pools must be 0, 1 or 2, found {pools}')
        self.pools = pools
        self.wide = nn.ModuleList(
            nn.Sequential(nn.Conv1d(width, out_channels, 9, padding=4), nn.Mish())
            for width in (in_channels, out_channels)
        )
        self.steps, self.laterals = nn.ModuleList(), nn.ModuleList()
        width = out_channels
        for stride, factor in zip(self.STRIDES, self.WIDTHS, strict=True):
            # A stride of 2 has an even kernel, so that position i lies between positions 2i and 2i + 1.
            kernel = 3 if stride == 1 else 4
            self.steps.append(
                nn.Sequential(nn.Conv1d(width, factor * out_channels, kernel, stride, padding=1), nn.Mish())
            )
            width = factor * out_channels
            self.laterals.append(nn.Conv1d(width, out_channels, 1))
        self.squeeze = self.local = None
        if attention:
            self.squeeze = nn.Sequential(
                nn.Linear(out_channels, out_channels // 4),
                nn.ReLU(),
                nn.Linear(out_channels // 4, out_channels),
                nn.Sigmoid(),
            )
            self.local = nn.Conv1d(out_channels, out_channels, 3, padding=1)

    def forward(self, features: Sequence[Tensor]) -> tuple[Tensor, ...]:
        """Build the pyramid.

        Args:
            features: Levels of a backbone, fine to coarse; only the finest is used.

        Returns:
            Four features (N, out_channels, T_l), each half as long as the one before, rounded up.
        """
        sequence = finest_sequence(features)
        for index, conv in enumerate(self.wide):
            sequence = conv(sequence)
            if index < self.pools:
                sequence = halve(sequence)
        levels = []
        for stride, step, lateral in zip(self.STRIDES, self.steps, self.laterals, strict=True):
            if stride == 2 and sequence.shape[2] % 2:
                sequence = F.pad(sequence, (0, 1))
            sequence = step(sequence)
            levels.append(lateral(sequence))
        if self.squeeze is not None and self.local is not None:
            finest = levels[0]
            gate = self.squeeze(finest.mean(dim=2))[..., None]
            levels[0] = finest * gate * (1 + self.local(finest).sigmoid())
        return tuple(levels)
