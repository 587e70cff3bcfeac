from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

SIZE = 96


def sample(texture: np.ndarray, flow: np.ndarray) -> np.ndarray:
    """The image in which what stood at x now stands at x + flow(x); ``texture`` has 4 times its size."""
    size = len(flow)
    y, x = np.mgrid[:size, :size].astype(np.float32)
    back = -flow
    for _ in range(10):  # the inverse field g(x) = -flow(x + g(x))
        back = -cv2.remap(
            flow, x + back[..., 0], y + back[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
    at = [(grid + back[..., k] + 0.5) * 4 - 0.5 for k, grid in enumerate((x, y))]
    return cv2.remap(texture, at[0], at[1], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)


@pytest.fixture(scope='session')
def make_pair() -> Callable[..., tuple[np.ndarray, np.ndarray]]:
    """make_pair(flow, noise) -> two images of a texture, the second moved; floats, or uint8 if noisy."""
    rng = np.random.default_rng(0)
    texture = cv2.GaussianBlur(rng.normal(0, 1, (4 * SIZE, 4 * SIZE)).astype(np.float32), (0, 0), 8)
    texture = np.clip(128 + texture / texture.std() * 30, 0, 255)

    def make(flow: np.ndarray, noise: float = 0) -> tuple[np.ndarray, np.ndarray]:
        pair = sample(texture, np.zeros_like(flow)), sample(texture, flow)
        if not noise:
            return pair
        noisy = [np.clip(np.rint(image + rng.normal(0, noise, image.shape)), 0, 255) for image in pair]
        return noisy[0].astype(np.uint8), noisy[1].astype(np.uint8)

    return make


@pytest.fixture(scope='session')
def bump() -> Callable[[float], np.ndarray]:
    """bump(amplitude) -> (SIZE, SIZE, 2) smooth motion of a spot, ``amplitude`` px at its centre."""
    y, x = np.mgrid[:SIZE, :SIZE]
    hill = np.exp(-((x - 50) ** 2 + (y - 40) ** 2) / (2 * 12**2))

    def make(amplitude: float) -> np.ndarray:
        return (amplitude * hill[..., None] * np.array([0.6, -0.8])).astype(np.float32)

    return make
