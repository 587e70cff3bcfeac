"""Sensor of a camera: exposure, noise, eight bits."""

from __future__ import annotations

import cv2
import numpy as np

from mmaction_mespot.synthetic.camera import Camera
from mmaction_mespot.synthetic.profiles import smooth_noise

_LAMP_HZ = 100.3
_TILE_MARGIN = 96
_GRAIN_PX = 0.6


class Sensor:
    """Turns the light of a frame into grey levels.

    Args:
        camera: The camera.
        channels: 1 for grey, 3 for colour.
        count: Number of frames of the video.
        seed: Seed of its noise.
    """

    def __init__(self, camera: Camera, channels: int, count: int, seed: int) -> None:
        rng = np.random.default_rng([seed, 1])
        time_s = np.arange(count) / camera.fps
        flicker = camera.flicker * np.sin(2 * np.pi * (_LAMP_HZ * time_s + rng.random()))
        drift = camera.exposure * smooth_noise(rng, count, camera.fps, 0.15)
        self.gains = (1.0 + flicker + drift).astype(np.float32)
        shape = (camera.height + _TILE_MARGIN, camera.width + _TILE_MARGIN, channels)
        grain = cv2.GaussianBlur(rng.standard_normal(shape).astype(np.float32), (0, 0), _GRAIN_PX)
        self._tile = grain.reshape(shape if channels > 1 else shape[:2]) * (camera.noise / grain.std())
        self._offsets = rng.integers(0, _TILE_MARGIN, (count, 2))
        self._signs = rng.integers(0, 2, count)

    def expose(self, light: np.ndarray, index: int) -> np.ndarray:
        """Grey levels of a frame, uint8, the shape of `light` (grey levels without noise, gain applied)."""
        top, left = self._offsets[index]
        noise = self._tile[top : top + light.shape[0], left : left + light.shape[1]]
        combine = cv2.add if self._signs[index] else cv2.subtract
        return combine(light, noise, dtype=cv2.CV_8U)
