"""The cameras of the synthetic footage."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Camera:
    """What a camera does to the light that reaches it.

    Args:
        width: Width of a frame in px, a multiple of 8.
        height: Height of a frame in px, a multiple of 8.
        fps: Frames per second.
        noise: Standard deviation of the sensor's noise in grey levels.
        flicker: Relative amplitude of the flicker of the light at 50 Hz, aliased by the frame rate.
        exposure: Standard deviation of the slow drift of the exposure, relative.
        blur: Standard deviation of the lens' blur in px.
        quality: JPEG quality of the stored frames.
    """

    width: int = 240
    height: int = 288
    fps: int = 30
    noise: float = 2.0
    flicker: float = 0.004
    exposure: float = 0.008
    blur: float = 0.0
    quality: int = 92
