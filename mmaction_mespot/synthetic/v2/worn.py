"""What a face wears: glasses that glitter as the head turns, and strands of hair that swing."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from mmaction_mespot.synthetic.profiles import smooth_noise
from mmaction_mespot.synthetic.still import Still

Projection = Callable[[np.ndarray], np.ndarray]
"""Takes points of the head at rest (n, 3), px with the depth away from the camera, to the frame, (n, 2)."""

_EYES = ((33, 133), (263, 362))
_EARS = (127, 356)
_FRACTION_BITS = 4
_LENS_POINTS = 40


class Glasses:
    """Rims, a bridge and temples that stay rigid on the head, and a reflection that wanders over the lenses.

    Args:
        still: The still.
        rng: Source of shape and tone.
    """

    def __init__(self, still: Still, rng: np.random.Generator) -> None:
        points, iod = still.landmarks, still.iod
        self._iod = iod
        self._lenses = []
        wide, high = rng.uniform(0.36, 0.44) * iod, rng.uniform(0.24, 0.36) * iod
        power = float(rng.uniform(2.0, 4.0))
        angle = np.linspace(0, 2 * np.pi, _LENS_POINTS, endpoint=False)
        # A superellipse: round glasses to angular ones.
        round_x = np.sign(np.cos(angle)) * np.abs(np.cos(angle)) ** (2 / power)
        round_y = np.sign(np.sin(angle)) * np.abs(np.sin(angle)) ** (2 / power)
        for eye in _EYES:
            centre = points[list(eye)].mean(0) + np.array([0, 0.05, -0.12]) * iod
            rim = centre + np.stack([wide * round_x, high * round_y, np.zeros_like(angle)], axis=1)
            self._lenses.append(rim)
        # The person's right eye is on the left of the picture: point 0 of a rim is its right end there.
        right, left = self._lenses
        half = _LENS_POINTS // 2
        self._bars = [
            np.stack([right[0], left[half]]),
            np.stack([right[half], points[_EARS[0]]]),
            np.stack([left[0], points[_EARS[1]]]),
        ]
        self._tone = np.array(rng.choice([15.0, 40.0, 90.0])) * rng.uniform(0.7, 1.0, 3)
        self._thick = max(1, round(float(rng.uniform(0.018, 0.045)) * iod))
        self._glint = rng.uniform(-0.6, 0.6, 2)
        self._strength = float(rng.uniform(40, 150))

    def draw(self, light: np.ndarray, index: int, project: Projection) -> None:
        """Draw them into a frame, in place."""
        mask = np.zeros(light.shape[:2], np.uint8)
        inside = np.zeros(light.shape[:2], np.uint8)
        for rim in self._lenses:
            outline = _fixed(project(rim))
            cv2.polylines(mask, [outline], True, 255, self._thick, cv2.LINE_AA, _FRACTION_BITS)
            cv2.fillPoly(inside, [outline], 255, cv2.LINE_AA, _FRACTION_BITS)
        for bar in self._bars:
            cv2.polylines(mask, [_fixed(project(bar))], False, 255, self._thick, cv2.LINE_AA, _FRACTION_BITS)
        _blend(light, mask, self._tone)
        # A lamp in front is seen where the lens mirrors it: it wanders faster than the head turns.
        streak = np.zeros(light.shape[:2], np.float32)
        y, x = np.ogrid[: light.shape[0], : light.shape[1]]
        for rim in self._lenses:
            centre = rim.mean(0)
            ahead = project(np.stack([centre, centre - np.array([0, 0, self._iod])]))
            turned = (ahead[1] - ahead[0]) / self._iod
            at = ahead[0] + (self._glint - 6.0 * turned) * 0.45 * self._iod
            across = (x - at[0] - 0.4 * (y - at[1])) / (0.05 * self._iod)
            along = (y - at[1]) / (0.16 * self._iod)
            streak += np.exp(-0.5 * (across**2 + along**2)).astype(np.float32)
        streak *= inside.astype(np.float32) / 255 * self._strength
        light += streak if light.ndim == 2 else streak[..., None]


class Hair:
    """Strands that hang from the hairline over forehead and temple and swing by themselves.

    Args:
        still: The still.
        count: Frames of the film.
        fps: Frames per second.
        rng: Source of place and motion.
    """

    def __init__(self, still: Still, count: int, fps: int, rng: np.random.Generator) -> None:
        points, iod = still.landmarks, still.iod
        self._strands: list[tuple[np.ndarray, np.ndarray, int]] = []
        x, y = points[10, :2]
        patch = still.image[
            max(0, round(y - 0.7 * iod)) : max(2, round(y - 0.2 * iod)),
            max(0, round(x - 0.4 * iod)) : round(x + 0.4 * iod),
        ]
        dark = np.quantile(patch.reshape(-1, *patch.shape[2:]), 0.2, axis=0)
        self._tone = np.asarray(dark, dtype=np.float64)
        side = 1 if rng.random() < 0.5 else -1
        root = points[338 if side > 0 else 109] - np.array([0, 0.4, 0]) * iod
        swing = smooth_noise(rng, count, fps, 0.5)
        for _ in range(int(rng.integers(3, 9))):
            start = root + np.array([side * rng.uniform(-0.1, 0.35), 0, -0.05]) * iod
            length = rng.uniform(0.7, 1.5) * iod
            bend = side * rng.uniform(0.05, 0.4) * iod
            share = np.linspace(0, 1, 12)
            line = start + np.stack([bend * share**2, length * share, 0.1 * iod * share], axis=1)
            own = smooth_noise(rng, count, fps, 0.8)
            sway = rng.uniform(0.01, 0.04) * iod * (swing + 0.5 * own)
            self._strands.append((line, sway, int(rng.integers(1, max(2, round(0.02 * iod) + 1)))))

    def draw(self, light: np.ndarray, index: int, project: Projection) -> None:
        """Draw them into a frame, in place."""
        mask = np.zeros(light.shape[:2], np.uint8)
        for line, sway, thick in self._strands:
            moved = line.copy()
            moved[:, 0] += sway[index] * np.linspace(0, 1, len(line)) ** 2
            cv2.polylines(mask, [_fixed(project(moved))], False, 220, thick, cv2.LINE_AA, _FRACTION_BITS)
        _blend(light, mask, self._tone)


def _fixed(points: np.ndarray) -> np.ndarray:
    """Points for drawing with a sixteenth of a pixel, int32."""
    return np.rint(points * 2**_FRACTION_BITS).astype(np.int32)


def _blend(light: np.ndarray, mask: np.ndarray, tone: np.ndarray) -> None:
    """Paint a tone where the mask is, in place."""
    alpha = cv2.GaussianBlur(mask, (0, 0), 0.6).astype(np.float32) / 255
    if light.ndim == 2:
        light += alpha * (np.float32(np.mean(tone)) - light)
    else:
        light += alpha[..., None] * (np.broadcast_to(tone, (3,)).astype(np.float32) - light)
