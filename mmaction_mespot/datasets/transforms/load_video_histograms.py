"""Reading of a whole video's appearance for the spotters that compare histograms."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from mmaction.registry import TRANSFORMS

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.preprocessing.appearance import hog_histograms, lbp_histograms

from .load_streams import LoadStreams

DESCRIPTORS: dict[str, Callable[[np.ndarray], np.ndarray]] = {'lbp': lbp_histograms, 'hog': hog_histograms}
_CHUNK = 128


@TRANSFORMS.register_module()
class LoadVideoHistograms(LoadStreams):
    """Read the pictures of a stretch of a video and keep their histograms.

    A few hundred pictures are in memory at a time. Required keys: ``store_root, video_id, total_frames,
    frame_inds`` (n,), one after the other. Added key: ``histograms`` (n, blocks, bins) float32.

    Args:
        descriptor: ``'lbp'`` (6 x 6 blocks) or ``'hog'`` (regions of FACS).

    Raises:
        MESpotError: If the descriptor is unknown.
    """

    def __init__(self, descriptor: str) -> None:
        if descriptor not in DESCRIPTORS:
            raise MESpotError(
                f'LoadVideoHistograms: descriptor must be one of {tuple(DESCRIPTORS)}, found {descriptor!r}'
            )
        super().__init__(dict(rgb='rgb'))
        self.descriptor = descriptor

    def transform(self, results: dict[str, Any]) -> dict[str, Any]:
        """Read the stretch piece by piece."""
        path = Path(results['store_root']) / 'rgb' / f'{results["video_id"]}.h5'
        total, begin = results['total_frames'], int(results['frame_inds'][0])
        end, found = begin + len(results['frame_inds']), []
        for first in range(begin, end, _CHUNK):
            last = min(first + _CHUNK, end)
            # One frame more on both sides, for the gradient along time.
            low, high = max(first - 1, 0), min(last + 1, total)
            pictures = self._from_file(path, np.arange(low, high), 'rgb', total)
            grey = np.stack([cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) for picture in pictures])
            if len(grey) == 1:
                grey = np.repeat(grey, 2, axis=0)
            found.append(DESCRIPTORS[self.descriptor](grey)[first - low : last - low])
        results['histograms'] = np.concatenate(found)
        return results

    def __repr__(self) -> str:
        return f'{type(self).__name__}(descriptor={self.descriptor!r})'
