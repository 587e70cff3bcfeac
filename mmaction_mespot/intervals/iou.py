"""Overlap of half-open intervals, for numpy arrays and torch tensors alike; torch is not imported here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

if TYPE_CHECKING:
    import torch

Array = TypeVar('Array', np.ndarray, 'torch.Tensor')


def _intersections(a: Array, b: Array) -> Array:
    """Lengths of the pairwise intersections, shape (N, M)."""
    if isinstance(a, np.ndarray):
        low = np.maximum(a[:, None, 0], b[None, :, 0])
        high = np.minimum(a[:, None, 1], b[None, :, 1])
        return np.maximum(high - low, 0)
    return (a[:, None, 1].minimum(b[None, :, 1]) - a[:, None, 0].maximum(b[None, :, 0])).clamp_min(0)


def _divide(part: Any, whole: Any) -> Any:
    """Divide, giving 0 where the whole is empty."""
    if isinstance(part, np.ndarray):
        zeros = np.zeros(part.shape, dtype=np.result_type(part, np.float32))
        return np.divide(part, whole, out=zeros, where=whole > 0)
    return (part / whole.where(whole > 0, 1)).where(whole > 0, 0.0)


def segment_iou(a: Array, b: Array) -> Array:
    """Intersection over union of every pair of half-open intervals.

    An interval ``[start, end)`` of whole frames holds ``end - start`` frames, so this equals the
    inclusive-frame IoU that the field reports.

    Args:
        a: Intervals, shape (N, 2), ``end >= start``.
        b: Intervals in the same unit and of the same array type, shape (M, 2).

    Returns:
        IoU in [0, 1], shape (N, M); 0 where both intervals are empty.
    """
    intersection = _intersections(a, b)
    union = (a[:, 1] - a[:, 0])[:, None] + (b[:, 1] - b[:, 0])[None, :] - intersection
    return _divide(intersection, union)


def segment_ioa(a: Array, b: Array) -> Array:
    """Intersection over the shorter of the two, for every pair of half-open intervals.

    1 where one interval lies within the other, whatever their lengths: a micro-expression inside a
    macro-expression has a small IoU and a full IoA.

    Args:
        a: Intervals, shape (N, 2), ``end >= start``.
        b: Intervals in the same unit and of the same array type, shape (M, 2).

    Returns:
        IoA in [0, 1], shape (N, M); 0 where the shorter one is empty.
    """
    length_a = (a[:, 1] - a[:, 0])[:, None]
    length_b = (b[:, 1] - b[:, 0])[None, :]
    if isinstance(length_a, np.ndarray):
        shorter = np.minimum(length_a, length_b)
    else:
        shorter = length_a.minimum(length_b)
    return _divide(_intersections(a, b), shorter)
