"""From a window's levels to what a network on features takes."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from mmaction.registry import TRANSFORMS
from mmcv.transforms import BaseTransform

from .pack_spotting_inputs import make_data_sample


@TRANSFORMS.register_module()
class PackFeatureInputs(BaseTransform):
    """Pack a window of features.

    Gives ``inputs`` (``level_0``, ``level_1``, ... of shape (C, T_l, H, W), float32, fine to coarse) and
    ``data_samples`` as :class:`PackSpottingInputs`.
    """

    def transform(self, results: dict[str, Any]) -> dict[str, Any]:
        """Pack the ``levels`` and the ground truth."""
        inputs = {
            f'level_{i}': torch.from_numpy(np.ascontiguousarray(level, np.float32))
            for i, level in enumerate(results['levels'])
        }
        return dict(inputs=inputs, data_samples=make_data_sample(results))

    def __repr__(self) -> str:
        return f'{type(self).__name__}()'
