"""A correction of a spotter's scores that is learnt from some minutes of one's own recordings.

To the logit of the score a linear function of what the spotter knows is added; with weights of zero the
spotter is what it was. The weights are pulled towards zero (ridge), so few minutes change little.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, logit

from mmaction_mespot.intervals.detections import ME
from mmaction_mespot.intervals.iou import segment_iou

LONGEST_ME_S = 0.53
"""Length up to which a candidate may stand for a micro-expression: labels last up to 16 frames at 30 fps."""
OTHER_CLASS = 0.6
"""Factor on the overlap with a label of the other class."""
IOU_RANGE = (0.3, 0.9)
"""Overlaps that count as 0 and as 1; in between the target rises linearly."""
_LEAST = 1e-4
_FAR = 5.0
"""Features count up to so many spreads from their mean: nothing strange decides alone."""


@dataclass(frozen=True)
class Residual:
    """What is added to the logits.

    Attributes:
        mean: Of the logit and of each feature, (1 + k,).
        scale: Their spread.
        weights: Of the standardised values, (1 + k,).
        offset: Added to all.
    """

    mean: np.ndarray
    scale: np.ndarray
    weights: np.ndarray
    offset: float

    def __call__(self, scores: np.ndarray, features: np.ndarray) -> np.ndarray:
        """New scores in [0, 1].

        Args:
            scores: Those of the spotter, (m,).
            features: (m, k).

        Raises:
            ValueError: If the number of features is another one.
        """
        values = _values(scores, features)
        if values.shape[1] != len(self.weights):
            raise ValueError(f'{values.shape[1] - 1} features, expected {len(self.weights) - 1}')
        return np.asarray(expit(values[:, 0] + self.added(values)))

    def added(self, values: np.ndarray) -> np.ndarray:
        """What is added to the logit of each row of (m, 1 + k)."""
        return np.asarray(_standard(values, self.mean, self.scale) @ self.weights + self.offset)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {
            'mean': self.mean.tolist(),
            'scale': self.scale.tolist(),
            'weights': self.weights.tolist(),
            'offset': self.offset,
        }

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Residual:
        """Read what :meth:`to_dict` gave.

        Raises:
            ValueError: If it is none; so KeyError and TypeError.
        """
        mean, scale, weights = (np.array(content[key], float) for key in ('mean', 'scale', 'weights'))
        found = cls(mean, scale, weights, float(content['offset']))
        arrays = (mean, scale, weights, np.array(found.offset))
        if not all(np.isfinite(array).all() for array in arrays) or not (scale > 0).all():
            raise ValueError('numbers that are not finite, or a scale that is not positive')
        if not mean.shape == scale.shape == weights.shape or mean.ndim != 1:
            raise ValueError(f'mean, scale and weights of {len(mean)}, {len(scale)} and {len(weights)}')
        return found


def overlap_targets(
    candidates: np.ndarray, segments: np.ndarray, labels: np.ndarray, fps: float
) -> np.ndarray:
    """How well each candidate stands for one of the labelled events, in [0, 1], (m,).

    Args:
        candidates: Half-open intervals in frames, (m, 2).
        segments: Labelled intervals in frames, half-open, (k, 2).
        labels: Their classes, (k,).
        fps: Frames per second.
    """
    if not len(candidates) or not len(segments):
        return np.zeros(len(candidates))
    micro = np.ptp(candidates, axis=1) / fps <= LONGEST_ME_S
    same = micro[:, None] == (np.asarray(labels)[None] == ME)
    overlap = (segment_iou(candidates, segments) * np.where(same, 1.0, OTHER_CLASS)).max(axis=1)
    low, high = IOU_RANGE
    return np.asarray(np.clip((overlap - low) / (high - low), 0, 1))


def fit_residual(
    scores: np.ndarray, features: np.ndarray, targets: np.ndarray, penalties: Sequence[float]
) -> list[Residual]:
    """Fit one correction for each strength of the pull towards zero.

    Args:
        scores: Of the spotter, (m,), m at least 1.
        features: (m, k).
        targets: In [0, 1], (m,).
        penalties: Falling; each fit starts from the one before. Infinity gives the spotter as it is.
    """
    values = _values(scores, features)
    mean, scale = values.mean(axis=0), values.std(axis=0) + 1e-2
    inputs = np.concatenate([_standard(values, mean, scale), np.ones((len(values), 1))], axis=1)
    logits = values[:, 0]
    at = np.zeros(inputs.shape[1])
    found = []
    for penalty in penalties:
        if np.isfinite(penalty):

            def loss(weights: np.ndarray, penalty: float = penalty) -> tuple[float, np.ndarray]:
                z = logits + inputs @ weights
                value = (np.logaddexp(0, z) - targets * z).sum() + penalty / 2 * (weights**2).sum()
                return float(value), inputs.T @ (expit(z) - targets) + penalty * weights

            at = minimize(loss, at, jac=True, method='L-BFGS-B', options={'maxiter': 100}).x
        found.append(Residual(mean, scale, at[:-1], float(at[-1])))
    return found


def _values(scores: np.ndarray, features: np.ndarray) -> np.ndarray:
    logits = logit(np.clip(np.asarray(scores, dtype=np.float64), _LEAST, 1 - _LEAST))
    return np.concatenate([logits[:, None], np.asarray(features, dtype=np.float64)], axis=1)


def _standard(values: np.ndarray, mean: np.ndarray, scale: np.ndarray) -> np.ndarray:
    return np.asarray(np.clip((values - mean) / scale, -_FAR, _FAR))
