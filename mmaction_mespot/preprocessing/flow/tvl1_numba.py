"""TV-L1 optical flow on the CPU, in numba; the equations are in the module ``tvl1``.

Every kernel runs on one thread and without Python's lock: the parallel work is over videos. One iteration
is one sweep over the rows, in short loops that LLVM turns into vector code; the dual variables of a row
follow as soon as the row below has its new flow, so that what is touched stays in the cache and nothing is
allocated.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numba
import numpy as np

from mmaction_mespot.environment import keep_compiled_code
from mmaction_mespot.preprocessing.flow.tvl1 import CUBIC, GRADIENT_FLOOR, TVL1Params, pyramid_sizes

# error_model: a division that may raise would keep the loops scalar. fastmath: all numbers here are finite.
_OPTIONS: dict[str, Any] = {
    'nogil': True,
    'error_model': 'numpy',
    'fastmath': True,
}

if (_folder := keep_compiled_code()) is not None:
    vars(numba.config)['CACHE_DIR'] = str(_folder)


def _compiled(function: Callable[..., Any]) -> Any:
    """Compile a function; what comes out is kept on disk where there is a place for it."""
    try:
        return numba.njit(cache=True, **_OPTIONS)(function)
    except RuntimeError:  # numba finds no place
        return numba.njit(**_OPTIONS)(function)


def tvl1_flow(prev: np.ndarray, next: np.ndarray, params: TVL1Params | None = None) -> np.ndarray:
    """TV-L1 flow of one pair of images.

    Args:
        prev: (H, W) grey image on the scale 0 to 255, uint8 or float.
        next: The later image, of the same shape.
        params: Defaults to None, which is ``TVL1Params()``.

    Returns:
        (H, W, 2) float32, motion (x, y) in px.
    """
    params = params or TVL1Params()
    sizes = pyramid_sizes(prev.shape[0], prev.shape[1], params)
    levels = [(prev.astype(np.float32), next.astype(np.float32))]
    for height, width in sizes[1:]:
        first, second = levels[-1]
        levels.append((_resize(first, width, height), _resize(second, width, height)))
    flow = np.zeros((2, *sizes[-1]), np.float32)
    for (height, width), (first, second) in zip(reversed(sizes), reversed(levels), strict=True):
        if flow.shape[1:] != (height, width):
            flow = np.stack([_resize(part, width, height) for part in flow])
            flow *= np.float32(1 / params.scale_step)
        _solve_level(first, second, flow, params)
    return np.ascontiguousarray(flow.transpose(1, 2, 0))


def _resize(image: np.ndarray, width: int, height: int) -> np.ndarray:
    return np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def _solve_level(first: np.ndarray, second: np.ndarray, flow: np.ndarray, params: TVL1Params) -> None:
    """Refine ``flow`` (2, h, w) in place on one level of the pyramid."""
    dual = np.zeros((4, *first.shape), np.float32)
    data = np.empty((4, *first.shape), np.float32)
    fixed = np.stack([first, *_gradient(first)])
    moving = np.stack(
        [cv2.copyMakeBorder(i, 1, 2, 1, 2, cv2.BORDER_REPLICATE) for i in (second, *_gradient(second))]
    )
    step, theta = np.float32(params.lambda_ * params.theta), np.float32(params.theta)
    rate = np.float32(params.tau / params.theta)
    tolerance = params.epsilon**2 * first.size
    for _ in range(params.warps):
        _linearise(fixed, moving, flow, data)
        for _ in range(params.outer_iterations):
            if params.median_filtering > 1:
                for part in flow:
                    part[:] = cv2.medianBlur(part, params.median_filtering)
            if _iterate(data, flow, dual, step, theta, rate, tolerance, params.inner_iterations) <= tolerance:
                break


def _gradient(image: np.ndarray) -> list[np.ndarray]:
    """Central differences in x and in y."""
    return [
        cv2.Sobel(image, cv2.CV_32F, dx, 1 - dx, ksize=1, scale=0.5, borderType=cv2.BORDER_REPLICATE)
        for dx in (1, 0)
    ]


@_compiled
def _cubic(a: float) -> tuple[float, float, float, float]:
    """Weights of the four neighbours of a point that lies ``a`` behind the second."""
    one, slope, c2, c1 = np.float32(1), np.float32(CUBIC), np.float32(CUBIC + 2), np.float32(CUBIC + 3)
    b = one - a
    return slope * a * b * b, (c2 * a - c1) * a * a + one, (c2 * b - c1) * b * b + one, slope * b * a * a


@_compiled
def _linearise(fixed: np.ndarray, moving: np.ndarray, flow: np.ndarray, data: np.ndarray) -> None:
    """Expand the residual around ``flow``.

    ``fixed`` (3, h, w) and ``moving`` (3, h + 3, w + 3; a border of 1 before and 2 behind) are an image and
    its gradient. Fills ``data`` (4, h, w): gradient x, gradient y, 1 / their squared norm, constant of the
    residual.
    """
    height, width = fixed.shape[1], fixed.shape[2]
    zero, half, one, floor = np.float32(0), np.float32(0.5), np.float32(1), np.float32(GRADIENT_FLOOR)
    for y in range(height):
        for x in range(width):
            u, v = flow[0, y, x], flow[1, y, x]
            at_x, at_y = np.float32(x) + u, np.float32(y) + v
            if not (at_x >= 0 and at_y >= 0 and at_x <= width - 1 and at_y <= height - 1):
                for k in range(4):
                    data[k, y, x] = 0
                continue
            left, top = max(int(at_x), 0), max(int(at_y), 0)  # max: no check for negative indices below
            a0, a1, a2, a3 = _cubic(at_x - np.float32(left))
            b0, b1, b2, b3 = _cubic(at_y - np.float32(top))
            warped, grad_x, grad_y = zero, zero, zero
            for b, row in ((b0, top), (b1, top + 1), (b2, top + 2), (b3, top + 3)):
                i, gx, gy = moving[0, row], moving[1, row], moving[2, row]
                warped += b * (a0 * i[left] + a1 * i[left + 1] + a2 * i[left + 2] + a3 * i[left + 3])
                grad_x += b * (a0 * gx[left] + a1 * gx[left + 1] + a2 * gx[left + 2] + a3 * gx[left + 3])
                grad_y += b * (a0 * gy[left] + a1 * gy[left + 1] + a2 * gy[left + 2] + a3 * gy[left + 3])
            grad_x = half * (grad_x + fixed[1, y, x])
            grad_y = half * (grad_y + fixed[2, y, x])
            square = grad_x * grad_x + grad_y * grad_y
            data[0, y, x] = grad_x
            data[1, y, x] = grad_y
            data[2, y, x] = one / square if square > floor else zero
            data[3, y, x] = warped - grad_x * u - grad_y * v - fixed[0, y, x]


@_compiled
def _iterate(
    data: np.ndarray,
    flow: np.ndarray,
    dual: np.ndarray,
    step: float,
    theta: float,
    rate: float,
    tolerance: float,
    count: int,
) -> float:
    """Run up to ``count`` iterations in place; returns the squared change of the last, summed up."""
    height, width = flow.shape[1], flow.shape[2]
    move = np.empty(width, np.float32)
    change = np.float64(0)
    for _ in range(count):
        change = np.float64(0)
        for y in range(height):
            above, factor = max(y - 1, 0), np.float32(y > 0)
            _threshold_row(data[0, y], data[1, y], data[2, y], data[3, y], flow[0, y], flow[1, y], step, move)
            for d in range(2):
                p, q = dual[2 * d], dual[2 * d + 1]
                change += _primal_row(flow[d, y], move, data[d, y], p[y], q[y], q[above], factor, theta)
                if y > 0:
                    _dual_row(flow[d, above], flow[d, y], p[above], q[above], rate)
        for d in range(2):
            last = flow[d, height - 1]
            _dual_row(last, last, dual[2 * d, height - 1], dual[2 * d + 1, height - 1], rate)
        if change <= tolerance:
            break
    return change


@_compiled
def _threshold_row(
    grad_x: np.ndarray,
    grad_y: np.ndarray,
    inverse: np.ndarray,
    constant: np.ndarray,
    u: np.ndarray,
    v: np.ndarray,
    step: float,
    move: np.ndarray,
) -> None:
    """How far each pixel of a row goes along its gradient."""
    for x in range(len(u)):
        rho = constant[x] + grad_x[x] * u[x] + grad_y[x] * v[x]
        move[x] = min(max(-rho * inverse[x], -step), step)


@_compiled
def _primal_row(
    u: np.ndarray,
    move: np.ndarray,
    gradient: np.ndarray,
    p: np.ndarray,
    q: np.ndarray,
    q_above: np.ndarray,
    factor: float,
    theta: float,
) -> float:
    """One component of the flow in a row, from its dual variables p and q; returns the squared change."""
    difference = move[0] * gradient[0] + theta * (p[0] + q[0] - factor * q_above[0])
    u[0] += difference
    change = difference * difference
    for x in range(1, len(u)):
        divergence = p[x] - p[x - 1] + q[x] - factor * q_above[x]
        difference = move[x] * gradient[x] + theta * divergence
        u[x] += difference
        change += difference * difference
    return change


@_compiled
def _dual_row(u: np.ndarray, u_below: np.ndarray, p: np.ndarray, q: np.ndarray, rate: float) -> None:
    """The dual variables of one component in a row."""
    one, last = np.float32(1), len(u) - 1
    for x in range(last):
        across, down = u[x + 1] - u[x], u_below[x] - u[x]
        scale = one / (one + rate * np.sqrt(across * across + down * down))
        p[x] = (p[x] + rate * across) * scale
        q[x] = (q[x] + rate * down) * scale
    down = u_below[last] - u[last]
    q[last] = (q[last] + rate * down) / (one + rate * abs(down))
