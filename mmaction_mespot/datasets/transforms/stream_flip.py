"""Left-right flip of streams."""

from __future__ import annotations

from typing import Any

import numpy as np
from mmaction.registry import TRANSFORMS
from mmcv.transforms import BaseTransform

from mmaction_mespot.errors import MESpotError

from .stream_keys import stream_keys


@TRANSFORMS.register_module()
class StreamFlip(BaseTransform):
    """Mirror the whole window, left to right; horizontal flow changes its sign.

    Args:
        flip_ratio: How often. Defaults to 0.5.
    """

    def __init__(self, flip_ratio: float = 0.5) -> None:
        if not 0 <= flip_ratio <= 1:
            raise MESpotError(f'StreamFlip: flip_ratio must lie in [0, 1], found {flip_ratio}')
        self.flip_ratio = flip_ratio

    def transform(self, results: dict[str, Any]) -> dict[str, Any]:
        """Mirror (T, H, W, C) along W."""
        keys = stream_keys(results, self)
        if np.random.rand() >= self.flip_ratio:
            return results
        for key in keys:
            results[key] = results[key][:, :, ::-1]
        if 'flow' in keys:
            results['flow'] = results['flow'] * np.array([-1, 1], np.float32)
        return results

    def __repr__(self) -> str:
        return f'{type(self).__name__}(flip_ratio={self.flip_ratio})'
