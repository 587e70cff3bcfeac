"""From the frames of a stream to the feature sequence of a localizer."""

from __future__ import annotations

from typing import Any

import numpy as np
from mmaction.registry import TRANSFORMS
from mmcv.transforms import BaseTransform

from mmaction_mespot.datasets.transforms.stream_resize import stream_keys


@TRANSFORMS.register_module()
class StreamsToFeature(BaseTransform):
    """Flatten the streams of a window into one feature vector per position.

    Small streams are features as they are: ``flow_roi`` gives 28 numbers per position, ``flow_grid`` 288.

    Required keys: ``rgb`` (T, H, W, 3), ``flow`` (T, ..., 2), or both. Added key: ``raw_feature`` (C, T)
    float32, the name that MMAction2's localization pipelines use.
    """

    def transform(self, results: dict[str, Any]) -> dict[str, Any]:
        """Flatten and transpose."""
        streams = [results[key] for key in stream_keys(results, self)]
        rows = [np.asarray(stream, np.float32).reshape(len(stream), -1) for stream in streams]
        results['raw_feature'] = np.ascontiguousarray(np.concatenate(rows, axis=1).T)
        return results

    def __repr__(self) -> str:
        return f'{type(self).__name__}()'
