"""Change and padding of the temporal and spatial size of a 5-D feature."""

from __future__ import annotations

from collections.abc import Sequence

import torch.nn.functional as F
from torch import Tensor


def resize_to(feature: Tensor, size: Sequence[int]) -> Tensor:
    """Resize a feature to a target's size, so that levels of odd lengths fit together.

    Dimensions that shrink are max-pooled (exactly by their ratio where it is whole, adaptively otherwise),
    dimensions that grow repeat their nearest entry. At a ratio of 2 both keep the time grid: position ``i``
    of the coarser level covers positions ``2i`` and ``2i + 1`` of the finer one.

    Args:
        feature: Shape (N, C, T, H, W).
        size: The target's (T, H, W).

    Returns:
        The feature with that size.
    """
    size = [int(length) for length in size]
    smaller = [min(old, new) for old, new in zip(feature.shape[2:], size, strict=True)]
    if smaller != list(feature.shape[2:]):
        if all(old % new == 0 for old, new in zip(feature.shape[2:], smaller, strict=True)):
            ratio = [old // new for old, new in zip(feature.shape[2:], smaller, strict=True)]
            feature = F.max_pool3d(feature, ratio, ratio)
        else:
            feature = F.adaptive_max_pool3d(feature, smaller)
    if size != smaller:
        feature = F.interpolate(feature, size=size, mode='nearest')
    return feature


def pad_same(feature: Tensor, kernel: Sequence[int], stride: Sequence[int]) -> Tensor:
    """Pad with zeros so that a window function gives ``ceil(length / stride)`` positions.

    What is needed in all is ``max((ceil(length / stride) - 1) * stride + kernel - length, 0)``; the smaller
    half comes in front. So a kernel of 7 with a stride of 2 gets 2 and 3 zeros on an even length, 3 and 3 on
    an odd one.

    Args:
        feature: Shape (N, C, T, H, W).
        kernel: Of T, H, W.
        stride: Of T, H, W.

    Returns:
        The padded feature; the same one, where nothing is needed.
    """
    padding: list[int] = []
    for length, size, step in zip(feature.shape[2:], kernel, stride, strict=True):
        total = max((-(-length // step) - 1) * step + size - length, 0)
        padding = [total // 2, total - total // 2, *padding]
    return F.pad(feature, padding) if any(padding) else feature
