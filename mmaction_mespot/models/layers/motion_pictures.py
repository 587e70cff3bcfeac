"""Pictures of motion between frames far apart, out of flow between near ones."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from mmaction_mespot.errors import MESpotError


def flow_over(flow: Tensor, positions: int, gap: float) -> Tensor:
    """Motion between two frames around each one, as the sum of the flow between.

    Flow over a gap of g frames, divided by g, is the mean motion per frame; its sum over k frames is the
    motion over k frames, averaged over the gap.

    Args:
        flow: px per gap, (N, 2, T, H, W).
        positions: k, positions between the two frames: from ``t - k // 2`` to ``t - k // 2 + k``.
        gap: Positions between the two pictures of a flow field.

    Returns:
        (N, 2, T, H, W), px; beyond the ends the face stands still.
    """
    before = positions // 2
    padded = F.pad(flow / gap, (0, 0, 0, 0, before, positions - 1 - before))
    total = F.pad(padded, (0, 0, 0, 0, 1, 0)).cumsum(dim=2)
    return total[:, :, positions:] - total[:, :, :-positions]


def optical_strain(flow: Tensor, parts: int = 2) -> Tensor:
    """Length of the strain tensor of a motion field: how far it bends and stretches the face.

    ``sqrt(e_xx^2 + e_yy^2 + 2 e_xy^2)`` with ``e_xy = (du/dy + dv/dx) / 2``, by central differences within
    each part, one-sided ones at its border.

    Args:
        flow: (N, 2, H, W), u and v.
        parts: Pictures that are stacked from top to bottom; no difference is taken across their seams.

    Returns:
        (N, 1, H, W).

    Raises:
        ValueError: If a part has less than 2 rows or columns.
    """
    height, width = flow.shape[2:]
    if height // parts < 2 or width < 2 or height % parts:
        raise MESpotError(f'{parts} equal parts of at least 2 x 2 px expected, found {height} x {width} px')
    stacked = flow.unflatten(2, (parts, height // parts))
    (by_y, by_x) = torch.gradient(stacked, dim=(3, 4))
    shear = (by_y[:, 0] + by_x[:, 1]) / 2
    square = by_x[:, 0] ** 2 + by_y[:, 1] ** 2 + 2 * shear**2
    # The small number keeps the gradient of the root finite where nothing moves.
    return (square + 1e-12).sqrt().flatten(1, 2)[:, None]


def contrast_normalised(pictures: Tensor, sigma: float = 1.0) -> Tensor:
    """Local contrast normalisation: subtract the local mean, divide by the local deviation.

    A 3 x 3 Gaussian gives the local mean and deviation; the divisor is at least the mean deviation of the
    picture (Jarrett et al., 2009; Yap et al., 2021).

    Args:
        pictures: (N, 1, H, W).
        sigma: Of the Gaussian.

    Returns:
        The same shape.
    """
    offsets = torch.arange(-1.0, 2.0, device=pictures.device)
    line = torch.exp(-(offsets**2) / (2 * sigma**2))
    kernel = (line[:, None] * line)[None, None].to(pictures)
    kernel = kernel / kernel.sum()

    def blurred(values: Tensor) -> Tensor:
        return F.conv2d(F.pad(values, (1, 1, 1, 1), mode='replicate'), kernel)

    centred = pictures - blurred(pictures)
    deviation = blurred(centred**2).clamp_min(0).sqrt()
    least = deviation.mean(dim=(2, 3), keepdim=True)
    return centred / torch.maximum(deviation, least).clamp_min(1e-4)
