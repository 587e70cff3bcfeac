"""Anchors on the time grid of a pyramid."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from mmaction.registry import TASK_UTILS
from torch import Tensor

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.grid import level_positions


@TASK_UTILS.register_module()
class SegmentAnchors:
    """One anchor per position and level, centred on the position, of a length tied to the level's stride.

    Position ``i`` of a level with stride ``s`` stands for the window instant ``(i + 0.5) * s``::

        instants   0   1   2   3   4   5   6   7   8
        stride 2     i=0     i=1     i=2     i=3
        stride 4         i=0             i=1

    With strides 2 to 32 and a scale of 3 the anchors are 6, 12, 24, 48 and 96 instants long: an event of 3
    frames has IoU 0.5 with the shortest, one of 4 s at 30 fps 0.8 with the longest, and any length between
    4.3 and 135 frames at least 0.7 with the nearest one, if it is centred on it.

    Args:
        strides: Stride of each level in instants, fine to coarse. Defaults to ``(2, 4, 8, 16, 32)``.
        scale: Length of an anchor in strides. Defaults to 3.0.
    """

    def __init__(self, strides: Sequence[float] = (2, 4, 8, 16, 32), scale: float = 3.0) -> None:
        self.strides = tuple(strides)
        self.scale = scale

    def __call__(self, lengths: Sequence[int], device: torch.device | str | None = None) -> Tensor:
        """Lay the anchors of all levels.

        Args:
            lengths: Positions of each level, fine to coarse.
            device: Of the result. Defaults to None, the CPU.

        Returns:
            Half-open anchors in window instants, level after level, float32, shape (sum of lengths, 2).

        Raises:
            MESpotError: If the number of levels differs from the strides.
        """
        if len(lengths) != len(self.strides):
            raise MESpotError(
                f'SegmentAnchors: {len(self.strides)} strides {self.strides} for {len(lengths)} levels'
            )
        levels = []
        for length, stride in zip(lengths, self.strides, strict=True):
            centres = level_positions(length, stride, device)
            half = 0.5 * self.scale * stride
            levels.append(torch.stack([centres - half, centres + half], dim=1))
        return torch.cat(levels)
