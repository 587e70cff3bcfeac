from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import beta

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.study.estimates import estimate_study, ratio_interval
from mmaction_mespot.study.reviewed import Events
from mmaction_mespot.study.stretches import StudyVideo


def study_video(name: str, found: np.ndarray, seconds: float) -> StudyVideo:
    """10 frames per second; MaE of 1 s at these times, all above the threshold, all reviewed."""
    segments = np.stack([found, found + 1], axis=1)
    labels = np.zeros(len(found), dtype=np.int64)
    total = round(10 * seconds)
    reviewed = [(0, total - 1)]
    return StudyVideo(name, 10.0, total, Events(segments, labels), np.ones(len(found)), (0.5, 0.5), reviewed)


def events(starts: np.ndarray) -> Events:
    return Events(np.stack([starts, starts + 1], axis=1), np.zeros(len(starts), dtype=np.int64))


def test_of_a_study_that_is_reviewed_as_a_whole() -> None:
    video = study_video('a', np.array([1.0, 5.0, 30.0]), 60)
    table = estimate_study([video], {'a': events(np.array([1.0, 30.2, 40.0, 45.0]))})
    rows = table.set_index(['figure', 'label'])
    assert rows.loc[('precision', 'all'), 'value'] == pytest.approx(2 / 3)
    assert rows.loc[('recall', 'MaE'), 'value'] == pytest.approx(2 / 4)
    assert np.isnan(rows.loc[('recall', 'ME'), 'value']) and rows.loc[('recall', 'ME'), 'n'] == 0
    assert (table['stretches'] == 3).all() and (table['of'] == 3).all() and (table['minutes'] == 1).all()


def test_only_the_head_of_the_random_order_counts() -> None:
    video = replace(study_video('a', np.array([1.0]), 60), reviewed=[])
    with pytest.raises(MESpotError, match='is not reviewed, expected the random stretches to be'):
        estimate_study([video], {})


def test_an_interval_by_hand() -> None:
    # As many hits of as many in each of two stretches: no clusters, but few of them.
    value, low, high = ratio_interval(np.array([3.0, 3.0]), np.array([4.0, 4.0]))
    assert value == 0.75 and 0 < low < 0.4 and high > 0.95
    every = ratio_interval(np.full(200, 1.0), np.full(200, 1.0))
    assert every == pytest.approx((1, beta.ppf(0.025, 200, 1), 1))
    clustered = ratio_interval(np.array([10.0] * 10 + [0.0] * 10), np.full(20, 10.0))
    spread = ratio_interval(np.full(20, 5.0), np.full(20, 10.0))
    assert clustered[2] - clustered[1] > 2 * (spread[2] - spread[1])
    assert np.isnan(ratio_interval(np.zeros(3), np.zeros(3))).all()


def test_the_interval_holds_the_truth_of_the_whole_study() -> None:
    rng = np.random.default_rng(3)
    videos, truth = [], {}
    for number in range(12):
        skill = rng.beta(4, 2)  # of each video: hits come in clusters
        starts = 4.0 * np.flatnonzero(rng.random(75) < 0.3) + 1
        name = f'v{number:02d}'
        videos.append(study_video(name, starts[rng.random(len(starts)) < skill], 300))
        truth[name] = events(starts)
    found, total = sum(len(v.scores) for v in videos), sum(len(one.labels) for one in truth.values())
    whole = found / total
    held = 0
    for seed in range(80):
        order = sorted(
            ((v, first) for v in range(12) for first in range(0, 3000, 200)),
            key=lambda pair: _number(videos[pair[0]].name, pair[1], seed),
        )
        reviewed: dict[int, list[tuple[int, int]]] = {v: [] for v in range(12)}
        for v, first in order[:20]:
            reviewed[v].append((first, first + 199))
        drawn = [replace(video, reviewed=reviewed[v]) for v, video in enumerate(videos)]
        row = estimate_study(drawn, truth, seed=seed).set_index(['figure', 'label']).loc[('recall', 'all')]
        assert row['stretches'] == 20
        held += row['low'] <= whole <= row['high']
    assert held >= 72  # of 80, for intervals of 95 %


def _number(name: str, first: int, seed: int) -> bytes:
    return hashlib.sha256(f'{seed} {first} {name}'.encode()).digest()
