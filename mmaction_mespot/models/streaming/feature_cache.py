"""The features of the last positions of a video."""

from __future__ import annotations

import torch
from torch import Tensor

from mmaction_mespot.errors import MESpotError

from .feature_stream import FeatureChunk


class FeatureCache:
    """Keep the levels of neighbouring chunks, give out windows of them, drop what lies behind.

    Attributes:
        start: First position kept.
        end: First position still to come.
    """

    def __init__(self) -> None:
        self.start = 0
        self.end = 0
        self._levels: list[Tensor] = []

    def append(self, chunk: FeatureChunk) -> None:
        """Take the next chunk.

        Raises:
            MESpotError: If it does not begin where the last one ended.
        """
        if chunk.start != self.end:
            raise MESpotError(f'FeatureCache: expected a chunk from position {self.end}, found {chunk.start}')
        if self._levels:
            self._levels = [torch.cat(pair, dim=2) for pair in zip(self._levels, chunk.levels, strict=True)]
        else:
            self._levels = list(chunk.levels)
        self.end += chunk.length

    def window(self, start: int, length: int) -> list[Tensor]:
        """Give the levels (1, C, length / stride, H, W) of a window.

        Raises:
            MESpotError: If it is not in the cache, or does not lie on the grid of a level.
        """
        if not self.start <= start <= start + length <= self.end:
            raise MESpotError(
                f'FeatureCache: positions {start} to {start + length} wanted, {self.start} to {self.end} kept'
            )
        cut = []
        for level in self._levels:
            stride = self._stride(level)
            if start % stride or length % stride:
                raise MESpotError(
                    f'a window of {length} positions from position {start} does not lie on the grid of a '
                    f'level with stride {stride}'
                )
            first = (start - self.start) // stride
            cut.append(level[:, :, first : first + length // stride])
        return cut

    def drop_before(self, position: int) -> None:
        """Forget what lies before a position, as far as all levels can be cut there."""
        if position <= self.start or not self._levels:
            return
        coarsest = max(map(self._stride, self._levels))
        position = min(position, self.end) // coarsest * coarsest
        if position <= self.start:
            return
        strides = [self._stride(level) for level in self._levels]
        self._levels = [
            level[:, :, (position - self.start) // stride :].clone()
            for level, stride in zip(self._levels, strides, strict=True)
        ]
        self.start = position

    def __len__(self) -> int:
        """Positions kept."""
        return self.end - self.start

    def _stride(self, level: Tensor) -> int:
        return len(self) // level.shape[2]
