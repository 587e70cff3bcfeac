"""TV-L1 optical flow of a batch of pairs in torch, for the GPU.

The same equations (:mod:`~mmaction_mespot.preprocessing.flow.tvl1`) and the same order of steps as the numba
version: the two agree to rounding. A pair that has converged rests while the others go on.
"""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from mmaction_mespot.preprocessing.flow.tvl1 import CUBIC, GRADIENT_FLOOR, TVL1Params, pyramid_sizes

_ITERATIONS_PER_CHECK = 5
"""How often the host asks whether all pairs have converged; each question makes it wait for the GPU."""


@torch.inference_mode()
def tvl1_flow_batch(
    prev: np.ndarray, next: np.ndarray, params: TVL1Params | None = None, device: str = 'cuda'
) -> np.ndarray:
    """TV-L1 flow of several pairs at once.

    Args:
        prev: (N, H, W) grey images on the scale 0 to 255, uint8 or float.
        next: The later images, of the same shape.
        params: Defaults to None, which is ``TVL1Params()``.
        device: A torch device. Defaults to 'cuda'.

    Returns:
        (N, H, W, 2) float32, motion (x, y) in px.
    """
    params = params or TVL1Params()
    sizes = pyramid_sizes(prev.shape[1], prev.shape[2], params)
    levels = [torch.from_numpy(np.stack([prev, next], 1).astype(np.float32)).to(device)]
    for size in sizes[1:]:
        levels.append(_resize(levels[-1], size))
    flow = torch.zeros((len(prev), 2, *sizes[-1]), device=device)
    for size, pair in zip(reversed(sizes), reversed(levels), strict=True):
        if flow.shape[2:] != size:
            flow = _resize(flow, size) / params.scale_step
        flow = _solve_level(pair[:, 0], pair[:, 1], flow, params)
    return flow.permute(0, 2, 3, 1).contiguous().cpu().numpy()


def _resize(images: Tensor, size: tuple[int, int]) -> Tensor:
    return F.interpolate(images, size=size, mode='bilinear', align_corners=False)


def _solve_level(first: Tensor, second: Tensor, flow: Tensor, params: TVL1Params) -> Tensor:
    """Refine ``flow`` (N, 2, h, w) on one level of the pyramid."""
    dual = torch.zeros((*flow.shape, 2), device=flow.device)
    fixed = torch.stack([first, *_gradient(first)], 1)
    moving = F.pad(torch.stack([second, *_gradient(second)], 1), (1, 2, 1, 2), mode='replicate')
    tolerance = params.epsilon**2 * first[0].numel()
    for _ in range(params.warps):
        data = _linearise(fixed, moving, flow)
        active = torch.ones(len(flow), dtype=torch.bool, device=flow.device)
        for _ in range(params.outer_iterations):
            if params.median_filtering > 1:
                flow = _choose(active, _median(flow, params.median_filtering), flow)
            for n in range(params.inner_iterations):
                new_flow, new_dual = _iterate(data, flow, dual, params)
                change = (new_flow - flow).square().sum((1, 2, 3))
                flow, dual = _choose(active, new_flow, flow), _choose(active, new_dual, dual)
                active = active & (change > tolerance)
                if (n + 1) % _ITERATIONS_PER_CHECK == 0 and not active.any():
                    break
            if not active.any():
                break
    return flow


def _choose(active: Tensor, new: Tensor, old: Tensor) -> Tensor:
    return torch.where(active.view(-1, *(1,) * (new.ndim - 1)), new, old)


def _gradient(images: Tensor) -> tuple[Tensor, Tensor]:
    """Central differences in x and in y of (N, h, w) images."""
    padded = F.pad(images[:, None], (1, 1, 1, 1), mode='replicate')[:, 0]
    across = (padded[:, 1:-1, 2:] - padded[:, 1:-1, :-2]) / 2
    down = (padded[:, 2:, 1:-1] - padded[:, :-2, 1:-1]) / 2
    return across, down


def _cubic(a: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Weights of the four neighbours of a point that lies ``a`` behind the second."""
    b = 1 - a
    return (
        CUBIC * a * b * b,
        ((CUBIC + 2) * a - (CUBIC + 3)) * a * a + 1,
        ((CUBIC + 2) * b - (CUBIC + 3)) * b * b + 1,
        CUBIC * b * a * a,
    )


def _linearise(fixed: Tensor, moving: Tensor, flow: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Expand the residual: gradient (N, 2, h, w), 1 / its squared norm, constant part (N, h, w)."""
    height, width = flow.shape[2:]
    at_x = flow[:, 0] + torch.arange(width, device=flow.device, dtype=flow.dtype)
    at_y = flow[:, 1] + torch.arange(height, device=flow.device, dtype=flow.dtype)[:, None]
    inside = (at_x >= 0) & (at_y >= 0) & (at_x <= width - 1) & (at_y <= height - 1)
    left, top = at_x.clamp(0, width - 1).floor(), at_y.clamp(0, height - 1).floor()
    across, down = _cubic(at_x - left), _cubic(at_y - top)
    row_length = moving.shape[3]
    corner = (top.long() * row_length + left.long()).flatten(1)[:, None].expand(-1, 3, -1)
    pixels = moving.flatten(2)
    warped = torch.zeros_like(fixed)
    for k in range(4):
        for m in range(4):
            weight = (down[k] * across[m])[:, None]
            warped += weight * pixels.gather(2, corner + (k * row_length + m)).view_as(fixed)
    gradient = torch.where(inside[:, None], (warped[:, 1:] + fixed[:, 1:]) / 2, 0)
    square = gradient.square().sum(1)
    inverse = torch.where(square > GRADIENT_FLOOR, 1 / square, 0)
    constant = torch.where(inside, warped[:, 0] - (gradient * flow).sum(1) - fixed[:, 0], 0)
    return gradient, inverse, constant


def _iterate(
    data: tuple[Tensor, Tensor, Tensor], flow: Tensor, dual: Tensor, params: TVL1Params
) -> tuple[Tensor, Tensor]:
    """One iteration: the thresholding step, the flow, the dual variables (N, 2, h, w, 2: across, down)."""
    gradient, inverse, constant = data
    step = params.lambda_ * params.theta
    move = (-(constant + (gradient * flow).sum(1)) * inverse).clamp(-step, step)
    across, down = dual[..., 0], dual[..., 1]
    divergence = across + down
    divergence[..., 1:] -= across[..., :-1]
    divergence[..., 1:, :] -= down[..., :-1, :]
    flow = flow + move[:, None] * gradient + params.theta * divergence
    slope = torch.zeros_like(dual)
    slope[..., :-1, 0] = flow.diff(dim=3)
    slope[..., :-1, :, 1] = flow.diff(dim=2)
    rate = params.tau / params.theta
    return flow, (dual + rate * slope) / (1 + rate * slope.norm(dim=-1, keepdim=True))


def _median(flow: Tensor, side: int) -> Tensor:
    """Median over ``side`` x ``side`` pixels, the border repeated."""
    count, _, height, width = flow.shape
    padded = F.pad(flow, (side // 2,) * 4, mode='replicate')
    patches = F.unfold(padded.flatten(0, 1)[:, None], side)
    return patches.median(dim=1).values.view(count, 2, height, width)
