"""Resizing of streams."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from mmaction.registry import TRANSFORMS
from mmcv.transforms import BaseTransform

from .stream_keys import stream_keys


@TRANSFORMS.register_module()
class StreamResize(BaseTransform):
    """Resize every stream to a square; flow vectors are scaled with the picture, so that they stay pixels.

    Args:
        size: Height and width in pixels.
    """

    def __init__(self, size: int) -> None:
        self.size = size

    def transform(self, results: dict[str, Any]) -> dict[str, Any]:
        """Resize (T, H, W, C) to (T, size, size, C)."""
        for key in stream_keys(results, self):
            height, width = results[key].shape[1:3]
            if (height, width) == (self.size, self.size):
                continue
            smaller = self.size < min(height, width)
            method = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
            frames = np.stack(
                [cv2.resize(f, (self.size, self.size), interpolation=method) for f in results[key]]
            )
            if key == 'flow':
                frames *= np.array([self.size / width, self.size / height], np.float32)
            results[key] = frames
        return results

    def __repr__(self) -> str:
        return f'{type(self).__name__}(size={self.size})'
