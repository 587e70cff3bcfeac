"""Random crop of streams."""

from __future__ import annotations

from typing import Any

import numpy as np
from mmaction.registry import TRANSFORMS
from mmcv.transforms import BaseTransform

from mmaction_mespot.errors import MESpotError

from .stream_keys import common_size, crop, stream_keys


@TRANSFORMS.register_module()
class StreamRandomCrop(BaseTransform):
    """Cut the same random square out of all frames of all streams (the paper's random crop, section III-C).

    Args:
        size: Height and width of the square in pixels.

    Raises:
        MESpotError: If a frame is smaller than the square, or the streams differ in size.
    """

    def __init__(self, size: int) -> None:
        self.size = size

    def transform(self, results: dict[str, Any]) -> dict[str, Any]:
        """Crop (T, H, W, C) to (T, size, size, C)."""
        height, width = common_size(results, self)
        if self.size > min(height, width):
            raise MESpotError(f'{self!r}: found frames of {height} x {width}, expected at least {self.size}')
        top, left = np.random.randint(height - self.size + 1), np.random.randint(width - self.size + 1)
        crop(results, stream_keys(results, self), top, left, self.size)
        return results

    def __repr__(self) -> str:
        return f'{type(self).__name__}(size={self.size})'
