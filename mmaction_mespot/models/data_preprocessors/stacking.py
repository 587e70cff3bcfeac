"""From a list of windows to one tensor."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from mmaction_mespot.errors import MESpotError


def stack_windows(windows: Sequence[Tensor] | Tensor, name: str) -> Tensor:
    """Stack the windows of a batch.

    Args:
        windows: Tensors (C, T, H, W) of any number type, or the stacked tensor.
        name: What the message calls them.

    Returns:
        float32, shape (N, C, T, H, W).

    Raises:
        MESpotError: If they differ in shape.
    """
    shapes = {tuple(window.shape) for window in windows}
    if len(shapes) > 1:
        raise MESpotError(f'{name}: the windows of a batch must have one shape, found {sorted(shapes)}')
    return (windows if isinstance(windows, Tensor) else torch.stack(tuple(windows))).float()
