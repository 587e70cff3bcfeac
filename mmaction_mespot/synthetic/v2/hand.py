"""Hands: in front of a face, and alone in films without one."""

from __future__ import annotations

import cv2
import numpy as np

from mmaction_mespot.synthetic.still import Still


class Hand:
    """A hand that comes from below or from a side to the lower face, in the tone of the cheek.

    Args:
        still: The still.
        rng: Source of where it comes from and goes to.
    """

    def __init__(self, still: Still, rng: np.random.Generator) -> None:
        height, width = still.image.shape[:2]
        iod = still.iod
        cheek = still.landmarks[205, :2].round().astype(int).clip(0, [width - 1, height - 1])
        self._tone = np.asarray(still.image[cheek[1], cheek[0]], dtype=np.float32) * 0.92
        self._goal = still.landmarks[17, :2] + rng.uniform([-0.4, 0.1], [0.4, 0.7]) * iod
        self._from = np.array([rng.choice([-0.3, 1.3]) * width, 1.2 * height])
        self._angle, self._iod = float(rng.uniform(-0.7, 0.7)), iod

    def draw(self, light: np.ndarray, present: float) -> None:
        """Draw it into a frame, in place; `present` in [0, 1] says how far it has come."""
        at = self._from + present * (self._goal - self._from)
        paint_hand(light, at, self._angle, self._iod, self._tone)


def paint_hand(light: np.ndarray, at: np.ndarray, angle: float, size: float, tone: np.ndarray) -> None:
    """Paint a hand with its forearm into a picture, in place.

    Args:
        light: (H, W) or (H, W, 3), float32.
        at: Root of the fingers, px, shape (2,).
        angle: Direction of the fingers from upright, in radians.
        size: About the length of a finger in px.
        tone: Grey level or BGR.
    """
    mask = np.zeros(light.shape[:2], np.uint8)
    up = np.array([np.sin(angle), -np.cos(angle)])
    aside = np.array([-up[1], up[0]])
    thick = max(2, round(0.2 * size))
    for finger in range(4):
        root = at + (finger - 1.5) * 0.24 * size * aside
        tip = root + up * size * (0.75, 0.9, 0.85, 0.65)[finger]
        cv2.line(mask, root.astype(int).tolist(), tip.astype(int).tolist(), 255, thick, cv2.LINE_AA)
    palm = at - 0.4 * size * up
    cv2.circle(mask, palm.astype(int).tolist(), round(0.52 * size), 255, -1, cv2.LINE_AA)
    arm = palm - 4 * size * up
    cv2.line(mask, palm.astype(int).tolist(), arm.astype(int).tolist(), 255, 3 * thick, cv2.LINE_AA)
    alpha = cv2.GaussianBlur(mask, (0, 0), 1.0).astype(np.float32) / 255
    # Rounded fingers: darker towards their edges.
    shade = 0.65 + 0.35 * cv2.GaussianBlur(alpha, (0, 0), 0.06 * size)
    if light.ndim == 3:
        alpha, shade = alpha[..., None], shade[..., None]
    light += alpha * (tone * shade - light)
