"""TensorFlow's SAME padding."""

from __future__ import annotations

from collections.abc import Sequence

import torch.nn.functional as F
from torch import Tensor


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
