"""Augmentation of flow: what other people, cameras and heads would change."""

from __future__ import annotations

from typing import Any

import numpy as np
from mmaction.registry import TRANSFORMS
from mmcv.transforms import BaseTransform
from scipy.ndimage import gaussian_filter1d

from mmaction_mespot.errors import MESpotError


@TRANSFORMS.register_module()
class FlowJitter(BaseTransform):
    """Change a window's flow as another setting would.

    Required and changed key: ``flow`` (T, H, W, 2) float32. All standard deviations are in pixels of the
    crop; each window draws its own strength between 0 and the given one, so that quiet windows stay in the
    training.

    Args:
        amplitude: Range of a factor on the whole window, log-uniform: weaker and stronger expressions,
            smaller and larger faces. Defaults to (1, 1).
        offset_std: A global shift of each frame by itself: error of the alignment and of the nose region.
            Defaults to 0.
        head_motion_std: A slowly changing affine motion about the centre (shift, turn, zoom, shear; at the
            crop's border): what a turning head leaves after its mean motion is subtracted. Defaults to 0.
        noise_std: Independent noise of each value: sensor and compression. Defaults to 0.
        max_shift: Largest shift of the picture, as a share of its size, by whole pixels or cells, borders
            repeated: faces of other proportions. Defaults to 0.
        correlation: Correlation length of the head motion in positions. Defaults to 6.
    """

    def __init__(
        self,
        amplitude: tuple[float, float] = (1.0, 1.0),
        offset_std: float = 0.0,
        head_motion_std: float = 0.0,
        noise_std: float = 0.0,
        max_shift: float = 0.0,
        correlation: float = 6.0,
    ) -> None:
        if not 0 < amplitude[0] <= amplitude[1]:
            raise MESpotError(f'FlowJitter: amplitude needs 0 < low <= high, found {amplitude}')
        strengths = dict(
            offset_std=offset_std, head_motion_std=head_motion_std, noise_std=noise_std, max_shift=max_shift
        )
        if min(strengths.values()) < 0:
            raise MESpotError(f'FlowJitter: no strength may be negative, found {strengths}')
        if correlation <= 0:
            raise MESpotError(f'FlowJitter: correlation must be above 0, found {correlation}')
        self.amplitude = amplitude
        self.offset_std = offset_std
        self.head_motion_std = head_motion_std
        self.noise_std = noise_std
        self.max_shift = max_shift
        self.correlation = correlation

    def transform(self, results: dict[str, Any]) -> dict[str, Any]:
        """Change (T, H, W, 2)."""
        flow = results['flow']
        length, height, width = flow.shape[:3]
        rng = np.random.default_rng(np.random.randint(2**31))
        low, high = np.log(self.amplitude)
        flow = flow * np.float32(np.exp(rng.uniform(low, high)))
        if self.max_shift:
            flow = _shifted(flow, *(self._draw_shift(rng, size) for size in (height, width)))
        if self.head_motion_std:
            self._add_head_motion(rng, flow)
        if self.offset_std:
            flow += self._strength(rng, self.offset_std) * rng.standard_normal((length, 1, 1, 2), np.float32)
        if self.noise_std:
            flow += self._strength(rng, self.noise_std) * rng.standard_normal(flow.shape, np.float32)
        results['flow'] = flow
        return results

    def _add_head_motion(self, rng: np.random.Generator, flow: np.ndarray) -> None:
        """Add a field with six affine coefficients that change smoothly, in place."""
        length, height, width, _ = flow.shape
        noise = rng.standard_normal((length, 3, 2))
        smooth = gaussian_filter1d(noise, self.correlation, axis=0, mode='wrap')
        smooth *= np.sqrt(2 * np.sqrt(np.pi) * self.correlation)  # back to the noise's standard deviation
        smooth *= self._strength(rng, self.head_motion_std)
        constant, by_x, by_y = smooth.astype(np.float32)[:, None, None].transpose(3, 0, 1, 2, 4)
        flow += constant
        flow += by_x * _centred(width)[:, None]
        flow += by_y * _centred(height)[:, None, None]

    def _draw_shift(self, rng: np.random.Generator, size: int) -> int:
        """Draw a shift in whole pixels, up to the share of the size, rounded."""
        limit = round(self.max_shift * size)
        return int(rng.integers(-limit, limit + 1))

    @staticmethod
    def _strength(rng: np.random.Generator, std: float) -> np.float32:
        """Draw a window's own strength."""
        return np.float32(rng.uniform(0, std))

    def __repr__(self) -> str:
        options = ', '.join(f'{name}={value}' for name, value in vars(self).items())
        return f'{type(self).__name__}({options})'


def _centred(size: int) -> np.ndarray:
    """Give coordinates from -1 at the first to 1 at the last."""
    return np.linspace(-1, 1, size, dtype=np.float32)


def _shifted(flow: np.ndarray, down: int, right: int) -> np.ndarray:
    """Shift (T, H, W, 2) by whole pixels and repeat the borders."""
    rows = np.clip(np.arange(flow.shape[1]) - down, 0, flow.shape[1] - 1)
    columns = np.clip(np.arange(flow.shape[2]) - right, 0, flow.shape[2] - 1)
    return flow[:, rows][:, :, columns]
