"""From a whole video's flow to what a spotter without training takes."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from mmaction.registry import TRANSFORMS
from mmaction.structures import ActionDataSample
from mmcv.transforms import BaseTransform

from .pack_spotting_inputs import META_KEYS as WINDOW_KEYS
from .pack_spotting_inputs import pick_meta

META_KEYS = (*WINDOW_KEYS, 'flow_gap')


@TRANSFORMS.register_module()
class PackVideoFlow(BaseTransform):
    """Pack a whole video.

    Gives ``inputs`` (``flow`` (n, ..., 2) float32) and ``data_samples``: an ``ActionDataSample`` with, as
    metainfo, `META_KEYS`.
    """

    def transform(self, results: dict[str, Any]) -> dict[str, Any]:
        """Pack the flow and what is known of the video."""
        sample = ActionDataSample()
        sample.set_metainfo(pick_meta(results, META_KEYS))
        return dict(inputs=dict(flow=torch.from_numpy(np.asarray(results['flow']))), data_samples=sample)

    def __repr__(self) -> str:
        return f'{type(self).__name__}()'
