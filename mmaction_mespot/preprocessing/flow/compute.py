"""One interface to the optical flow methods, for a pair of images or many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import cv2
import numpy as np

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.preprocessing.flow.tvl1 import TVL1Params
from mmaction_mespot.preprocessing.flow.tvl1_numba import tvl1_flow

METHODS = ('tvl1', 'tvl1-fast', 'dis')


def compute_flow(
    prev: np.ndarray, next: np.ndarray, method: str = 'tvl1', device: str = 'cpu', **params: Any
) -> np.ndarray:
    """Optical flow between two grey images.

    Args:
        prev: (H, W) grey image, uint8 or floats on the scale 0 to 255.
        next: The later image, of the same shape and type.
        method: ``'tvl1'`` (the quietest background), ``'tvl1-fast'`` (:meth:`TVL1Params.fast`) or ``'dis'``
            (the quickest). Defaults to 'tvl1'.
        device: ``'cpu'``, or a torch device such as ``'cuda'`` for TV-L1. Defaults to 'cpu'.
        **params: ``params=TVL1Params(...)`` for ``'tvl1'``, ``finest_scale=`` for ``'dis'``.

    Returns:
        (H, W, 2) float32: motion (x, y) in px, so that ``prev(x)`` is found at ``next(x + flow(x))``.

    Raises:
        ValueError: The images are not grey, not alike or not finite, or the method is unavailable there.
        TypeError: The pixels are neither uint8 nor floats, or a parameter is unknown to the method.
    """
    _check_images(prev, next)
    if method == 'dis':
        if device != 'cpu':
            raise MESpotError(f'method dis runs on the CPU only, not on {device!r}')
        return dis_flow(_to_uint8(prev), _to_uint8(next), **params)
    if method in ('tvl1', 'tvl1-fast'):
        if method == 'tvl1-fast':
            params = dict(params=TVL1Params.fast(), **params)
        if device == 'cpu':
            return tvl1_flow(prev, next, **params)
        from mmaction_mespot.preprocessing.flow.tvl1_torch import tvl1_flow_batch  # torch is slow to import

        return tvl1_flow_batch(prev[None], next[None], device=device, **params)[0]
    raise MESpotError(f'unknown flow method {method!r}, expected one of {METHODS}')


def _check_images(prev: np.ndarray, next: np.ndarray) -> None:
    if prev.ndim != 2 or prev.shape != next.shape or min(prev.shape) < 16:
        raise ValueError(
            f'flow needs two grey images of one shape, 16 px or more, found {prev.shape} and {next.shape}'
        )
    if prev.dtype != next.dtype or not (prev.dtype == np.uint8 or np.issubdtype(prev.dtype, np.floating)):
        raise TypeError(f'flow needs two images of uint8 or of floats, found {prev.dtype} and {next.dtype}')
    if prev.dtype != np.uint8 and not (np.isfinite(prev).all() and np.isfinite(next).all()):
        raise ValueError('flow needs finite pixels, found NaN or infinity')


def _to_uint8(image: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(np.clip(np.rint(image), 0, 255), dtype=np.uint8)


def dis_flow(prev: np.ndarray, next: np.ndarray, finest_scale: int = 1) -> np.ndarray:
    """Flow by dense inverse search, OpenCV's medium preset.

    Kroeger, Timofte, Dai, Van Gool: Fast Optical Flow using Dense Inverse Search, ECCV 2016.

    Args:
        prev: (H, W) uint8.
        next: (H, W) uint8.
        finest_scale: The last pyramid level that is searched; 0 is the full resolution: the least error on
            moving pixels, at five times the time, with a noisier background. Defaults to 1, the preset's own.

    Returns:
        (H, W, 2) float32, motion in px from ``prev`` to ``next``.
    """
    solver = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    solver.setFinestScale(finest_scale)
    return solver.calc(prev, next, np.zeros((*prev.shape, 2), np.float32))


def compute_flows(
    pairs: Iterable[tuple[np.ndarray, np.ndarray]], method: str, device: str = 'cpu', batch: int = 32
) -> Iterator[np.ndarray]:
    """Optical flow of each pair, in order.

    Args:
        pairs: Grey images (H, W) uint8, all of one shape, the later one second.
        method: ``'tvl1'``, ``'tvl1-fast'``, and on the CPU ``'dis'``.
        device: ``'cpu'``: one pair at a time by :func:`compute_flow`; ``'cuda'``: ``batch`` pairs at a time
            in torch. Defaults to 'cpu'.
        batch: Pairs at a time; so many are read before the first flow comes out. Defaults to 32.

    Yields:
        (H, W, 2) float32, motion in px.
    """
    if device == 'cpu':
        for prev, next_ in pairs:
            yield compute_flow(prev, next_, method)
        return
    from mmaction_mespot.preprocessing.flow import tvl1_torch  # torch is slow to import

    params = TVL1Params.fast() if method == 'tvl1-fast' else TVL1Params()
    source = iter(pairs)
    while block := list(islice(source, batch)):
        prev, next_ = (np.stack(images) for images in zip(*block, strict=True))
        yield from tvl1_torch.tvl1_flow_batch(prev, next_, params, device)
