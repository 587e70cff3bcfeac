"""One interface to the optical flow methods."""

from __future__ import annotations

from typing import Any

import numpy as np

from mmaction_mespot.preprocessing.flow.dis import dis_flow
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
        ValueError: The images are not grey, not alike or not finite, or the method is not to be had there.
        TypeError: The pixels are neither uint8 nor floats, or a parameter is unknown to the method.
    """
    _check_images(prev, next)
    if method == 'dis':
        if device != 'cpu':
            raise ValueError(f'method dis runs on the CPU only, not on {device!r}')
        return dis_flow(_to_uint8(prev), _to_uint8(next), **params)
    if method in ('tvl1', 'tvl1-fast'):
        if method == 'tvl1-fast':
            params = dict(params=TVL1Params.fast(), **params)
        if device == 'cpu':
            return tvl1_flow(prev, next, **params)
        from mmaction_mespot.preprocessing.flow.tvl1_torch import tvl1_flow_batch  # torch is slow to import

        return tvl1_flow_batch(prev[None], next[None], device=device, **params)[0]
    raise ValueError(f'unknown flow method {method!r}, expected one of {METHODS}')


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
