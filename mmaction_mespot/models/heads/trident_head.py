"""A head without anchors whose boundaries are votes of the positions around them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from mmaction.registry import MODELS
from torch import Tensor, nn

from .anchor_free_head import AnchorFreeHead


def trident_distances(boundary: Tensor, centre: Tensor) -> Tensor:
    """Distance to a boundary as the mean over bins, by the votes of the positions in them.

    Bin b of position t stands for the position t - b (a start; an end is mirrored). Its logit is how likely
    that position is a boundary, plus how likely position t puts the boundary b away.

    Args:
        boundary: Logit of each position to be a boundary, (N, T).
        centre: Logits of the bins of each position, (N, B + 1, T).

    Returns:
        Distances in positions, (N, T), between 0 and B.
    """
    bins = centre.shape[1]
    padded = F.pad(boundary, (bins - 1, 0), value=-1e4)
    # Row t holds the logits of t - B .. t; turned round, entry b is that of t - b.
    votes = padded.unfold(1, bins, 1).flip(2).transpose(1, 2)
    shares = (votes + centre).softmax(dim=1)
    return (shares * torch.arange(bins, device=centre.device, dtype=shares.dtype)[:, None]).sum(dim=1)


@MODELS.register_module()
class TridentHead(AnchorFreeHead):
    """TriDet's Trident head in the place of the regression of :class:`AnchorFreeHead`.

    As published: a boundary is the mean over bins beside a position, whose weights are the sum of two logits,
    how likely the bin's position is a start (an end) and how likely the position in the middle puts its
    boundary there. Ours: everything else is :class:`AnchorFreeHead`'s, the assignment and the losses too
    (TriDet's own loss weighs the classes by IoU).

    Source: Shi et al., "TriDet: Temporal Action Detection with Relative Boundary Modeling", CVPR 2023.

    Args:
        in_channels: Channels of the levels.
        bins: Bins of each side, in strides of the level; a boundary further away is out of reach. Defaults to
            8.
        **kwargs: Those of :class:`AnchorFreeHead`.
    """

    def __init__(self, in_channels: int | Sequence[int], bins: int = 8, **kwargs: Any) -> None:
        super().__init__(in_channels, **kwargs)
        self.bins = bins
        channels = self.regress.in_channels
        self.regress = nn.Conv1d(channels, 2 * (bins + 1), 3, padding=1)
        self.boundary = nn.Conv1d(channels, 2, 3, padding=1)
        for layer in (self.regress, self.boundary):
            nn.init.normal_(layer.weight, std=0.01)
            layer.bias = nn.Parameter(torch.zeros(layer.out_channels))

    def forward(self, features: Sequence[Tensor]) -> tuple[list[Tensor], list[Tensor]]:
        """Classify and regress every position.

        Args:
            features: Levels, fine to coarse, each (N, C, T_l, H_l, W_l) or (N, C, T_l).

        Returns:
            Logits (N, num_classes, T_l) and distances to start and end in strides, (N, 2, T_l), of each
            level.
        """
        logits, distances = [], []
        for sequence in self.sequences(features):
            logits.append(self.classify(self.classify_tower(sequence)))
            hidden = self.regress_tower(sequence)
            boundary = self.boundary(hidden).float()
            centre = self.regress(hidden).float().unflatten(1, (2, self.bins + 1))
            start = trident_distances(boundary[:, 0], centre[:, 0])
            end = trident_distances(boundary[:, 1].flip(1), centre[:, 1].flip(2)).flip(1)
            # The event holds at least the position itself.
            distances.append(torch.stack([start, end], dim=1) + 0.5)
        return logits, distances
