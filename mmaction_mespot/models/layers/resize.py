"""Change of the temporal and spatial size of a 5-D feature."""

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
