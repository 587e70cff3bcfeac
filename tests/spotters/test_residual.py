from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit, logit

from mmaction_mespot.spotters.residual import Residual, fit_residual, overlap_targets

INFINITY = float('inf')


def sample(seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Scores that tell nothing; the first of two features tells all."""
    rng = np.random.default_rng(seed)
    targets = (rng.random(400) < 0.3).astype(float)
    features = np.stack([targets + 0.1 * rng.standard_normal(400), rng.standard_normal(400)], axis=1)
    return np.full(400, 0.3), features, targets


def test_by_hand() -> None:
    residual = Residual(np.array([0.0, 2.0]), np.array([1.0, 2.0]), np.array([0.5, 1.0]), -1.0)
    # logit 0; (4 - 2) / 2 = 1 times 1, less 1: nothing is added. Then 5 spreads at most: 5 - 1.
    assert residual(np.array([0.5, 0.5]), np.array([[4.0], [100.0]])) == pytest.approx([0.5, expit(4)])
    # Half of the logit is added to it.
    assert residual(np.array([0.8]), np.array([[4.0]])) == pytest.approx([expit(1.5 * logit(0.8))])
    with pytest.raises(ValueError, match='2 features, expected 1'):
        residual(np.array([0.5]), np.zeros((1, 2)))


def test_an_infinite_pull_leaves_the_scores_as_they_are() -> None:
    scores, features, targets = sample()
    scores = np.linspace(0.01, 0.99, 400)
    (residual,) = fit_residual(scores, features, targets, [INFINITY])
    assert residual(scores, features) == pytest.approx(scores)


def test_what_tells_events_apart_gets_the_weight_the_less_the_stronger_the_pull() -> None:
    scores, features, targets = sample()
    fits = fit_residual(scores, features, targets, [INFINITY, 1000.0, 10.0, 0.1])
    first = [abs(residual.weights[1]) for residual in fits]
    assert first == sorted(first) and first[0] == 0
    assert abs(fits[-1].weights[2]) < 0.2 * first[-1]
    other = sample(1)
    new = fits[-1](*other[:2])
    assert new[other[2] == 1].min() > 0.5 > new[other[2] == 0].max()


def test_plain_types_and_back() -> None:
    residual = fit_residual(*sample(), [10.0])[0]
    again = Residual.from_dict(residual.to_dict())
    assert again(*sample()[:2]).tolist() == residual(*sample()[:2]).tolist()
    for wrong in (
        {'scale': [1.0, 0.0, 1.0]},
        {'weights': [1.0, 2.0]},
        {'offset': float('nan')},
        {'mean': [float('inf')] * 3},
    ):
        with pytest.raises(ValueError):
            Residual.from_dict(residual.to_dict() | wrong)


def test_targets_by_hand() -> None:
    candidates = np.array([[0, 30], [0, 45], [100, 130], [0, 12]])
    events, labels = np.array([[0, 30]]), np.array([0])
    # IoU 1, 2/3, 0, and .4 of the other class: .4 times .6 lies below .3.
    expected = [1, (2 / 3 - 0.3) / 0.6, 0, 0]
    assert overlap_targets(candidates, events, labels, 30.0) == pytest.approx(expected)
    assert overlap_targets(candidates, np.zeros((0, 2)), np.zeros(0), 30.0).tolist() == [0] * 4
    assert overlap_targets(np.zeros((0, 2)), events, labels, 30.0).tolist() == []
