"""The flow of landmark regions, as a picture of one column."""

from __future__ import annotations

from typing import Any

import numpy as np
from mmaction.registry import TRANSFORMS
from mmcv.transforms import BaseTransform

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.face_regions import REGIONS


@TRANSFORMS.register_module()
class RegionsAsPicture(BaseTransform):
    """Make the stream ``flow_roi`` fit what follows: a picture of 14 rows and one column.

    Which regions a network looks at is its own choice, by their names. Required key: ``flow`` (T, 14, 2)
    float32. Changed key: ``flow`` (T, 14, 1, 2).

    Args:
        flip_ratio: How often the face is mirrored: right and left regions change places, horizontal flow its
            sign. Defaults to 0.

    Raises:
        MESpotError: If ``flip_ratio`` lies outside [0, 1].
    """

    def __init__(self, flip_ratio: float = 0.0) -> None:
        if not 0 <= flip_ratio <= 1:
            raise MESpotError(f'RegionsAsPicture: flip_ratio must lie in [0, 1], found {flip_ratio}')
        self.flip_ratio = flip_ratio
        names = list(REGIONS)
        self._mirrored = [names.index(_mirror(name)) for name in names]

    def transform(self, results: dict[str, Any]) -> dict[str, Any]:
        """Add the column, and mirror by chance.

        Raises:
            MESpotError: If the flow is no ``flow_roi``.
        """
        flow = results['flow']
        if flow.shape[1:] != (len(REGIONS), 2):
            raise MESpotError(
                f'RegionsAsPicture: flow of the stream flow_roi, (T, {len(REGIONS)}, 2), expected, '
                f'found {flow.shape}'
            )
        if self.flip_ratio and np.random.rand() < self.flip_ratio:
            flow = flow[:, self._mirrored] * np.array([-1, 1], np.float32)
        results['flow'] = flow[:, :, None]
        return results

    def __repr__(self) -> str:
        return f'{type(self).__name__}(flip_ratio={self.flip_ratio})'


def _mirror(name: str) -> str:
    """Name of the region on the other side of the face; that of one in the middle is its own."""
    side, _, rest = name.partition('_')
    return f'{dict(right="left", left="right")[side]}_{rest}' if side in ('right', 'left') else name
