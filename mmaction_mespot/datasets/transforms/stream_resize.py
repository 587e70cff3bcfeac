"""Resizing, cropping and mirroring of streams."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import cv2
import numpy as np
from mmaction.registry import TRANSFORMS
from mmcv.transforms import BaseTransform

from mmaction_mespot.errors import MESpotError


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


STREAMS = ('rgb', 'flow')


def stream_keys(results: dict[str, Any], transform: object) -> list[str]:
    """Give the streams that are there.

    Raises:
        MESpotError: If there is none.
    """
    keys = [key for key in STREAMS if key in results]
    if not keys:
        raise MESpotError(
            f'{type(transform).__name__}: no stream to work on, expected rgb or flow from LoadStreams before'
        )
    return keys


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


class _StreamCrop(BaseTransform):
    """Cut the same square out of all frames of all streams.

    Args:
        size: Height and width of the square in pixels.

    Raises:
        MESpotError: If a frame is smaller than the square, or the streams differ in size.
    """

    def __init__(self, size: int) -> None:
        self.size = size

    def transform(self, results: dict[str, Any]) -> dict[str, Any]:
        """Crop (T, H, W, C) to (T, size, size, C)."""
        sizes = {key: results[key].shape[1:3] for key in stream_keys(results, self)}
        if len(set(sizes.values())) > 1:
            raise MESpotError(f'{type(self).__name__}: found sizes {sizes}, expected one for all streams')
        height, width = next(iter(sizes.values()))
        if self.size > min(height, width):
            raise MESpotError(f'{self!r}: found frames of {height} x {width}, expected at least {self.size}')
        top, left = self.offset(height - self.size), self.offset(width - self.size)
        for key in sizes:
            results[key] = results[key][:, top : top + self.size, left : left + self.size]
        return results

    @abstractmethod
    def offset(self, spare: int) -> int:
        """Pixels before the square, out of those that it leaves over."""

    def __repr__(self) -> str:
        return f'{type(self).__name__}(size={self.size})'


@TRANSFORMS.register_module()
class StreamRandomCrop(_StreamCrop):
    """Cut the same random square out of all frames of all streams (the paper's random crop, section III-C).

    Args:
        size: Height and width of the square in pixels.

    Raises:
        MESpotError: If a frame is smaller than the square, or the streams differ in size.
    """

    def offset(self, spare: int) -> int:
        """Any, drawn from `numpy.random`."""
        return np.random.randint(spare + 1)


@TRANSFORMS.register_module()
class StreamCenterCrop(_StreamCrop):
    """Cut the central square out of all frames of all streams.

    Args:
        size: Height and width of the square in pixels.

    Raises:
        MESpotError: If a frame is smaller than the square, or the streams differ in size.
    """

    def offset(self, spare: int) -> int:
        """Half of them."""
        return spare // 2
