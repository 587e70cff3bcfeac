"""Points on the time grid of a pyramid."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import torch
from mmaction.registry import TASK_UTILS
from torch import Tensor

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.grid import level_positions


@TASK_UTILS.register_module()
class SegmentPoints:
    """One point per position and level, with the distances that its level regresses.

    The ranges are in seconds, so that they mean the same at every frame rate; they follow one another and
    leave no gap. A point in the middle of an event is half its length away from the ends: with the defaults,
    P3 answers for events up to 0.3 s, P4 up to 0.6 s, P5 1.2 s, P6 2.4 s, P7 for longer ones, about as the
    CRN's anchors do at 30 positions per second.

    Args:
        strides: Stride of each level in instants, fine to coarse. Defaults to ``(2, 4, 8, 16, 32)``.
        range_bounds_s: Where the range of a level ends and that of the next begins: the distance from a point
            to the farther end of its event, in seconds, one less than levels. Defaults to
            ``(0.15, 0.3, 0.6, 1.2)``.

    Raises:
        MESpotError: If the bounds do not fit the levels or do not grow.
    """

    def __init__(
        self,
        strides: Sequence[float] = (2, 4, 8, 16, 32),
        range_bounds_s: Sequence[float] = (0.15, 0.3, 0.6, 1.2),
    ) -> None:
        self.strides = tuple(strides)
        bounds = (0.0, *range_bounds_s, float('inf'))
        ranges = tuple(itertools.pairwise(bounds))
        if len(range_bounds_s) != len(self.strides) - 1 or any(low >= high for low, high in ranges):
            raise MESpotError(
                f'SegmentPoints: {len(self.strides)} strides need {len(self.strides) - 1} growing bounds '
                f'above 0, found range_bounds_s={tuple(range_bounds_s)}'
            )
        self.ranges_s = ranges

    def __call__(self, lengths: Sequence[int], device: torch.device | str | None = None) -> Tensor:
        """Lay the points of all levels.

        Args:
            lengths: Positions of each level, fine to coarse.
            device: Of the result. Defaults to None, the CPU.

        Returns:
            One row (instant, stride in instants, range from, range to in seconds) a point, level after level,
            float32, shape (sum of lengths, 4).

        Raises:
            MESpotError: If the number of levels differs from the strides.
        """
        if len(lengths) != len(self.strides):
            raise MESpotError(
                f'SegmentPoints: {len(self.strides)} strides {self.strides} for {len(lengths)} levels'
            )
        levels = []
        for length, stride, (low, high) in zip(lengths, self.strides, self.ranges_s, strict=True):
            instants = level_positions(length, stride, device)
            settings = instants.new_tensor([stride, low, high]).expand(length, 3)
            levels.append(torch.cat([instants[:, None], settings], dim=1))
        return torch.cat(levels)
