"""Reading of a whole video's flow for the spotters without training."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mmaction.registry import TRANSFORMS

from mmaction_mespot.errors import MESpotError

from .load_streams import LoadStreams


@TRANSFORMS.register_module()
class LoadVideoFlow(LoadStreams):
    """Read a small flow stream of a whole video, with the head's motion removed.

    Required keys: ``store_root, video_id, total_frames, frame_inds`` (n,). Added keys: ``flow`` (n, ..., 2)
    float32 in pixels of the crop, and ``flow_gap``, the frames between the two pictures of a flow field.

    Args:
        stream: ``'flow_roi'`` (14, 2) or ``'flow_grid'`` (12, 12, 2). Defaults to 'flow_roi'.
    """

    def __init__(self, stream: str = 'flow_roi') -> None:
        super().__init__(dict(flow=stream), remove_head_motion=True)

    def transform(self, results: dict[str, Any]) -> dict[str, Any]:
        """Read flow and gap.

        Raises:
            MESpotError: If the file does not tell the gap.
        """
        results = super().transform(results)
        path = Path(results['store_root']) / self.streams['flow'] / f'{results["video_id"]}.h5'
        attrs = self._readers[path].attrs
        if 'gap' not in attrs:
            raise MESpotError(f'{path}: holds no gap between the pictures of a flow, prepare it again')
        results['flow_gap'] = int(attrs['gap'])
        return results
