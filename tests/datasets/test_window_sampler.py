from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from mmaction_mespot.datasets.window_sampler import VideoEvents, WindowSampler
from mmaction_mespot.errors import MESpotError

EVENTS = VideoEvents(300, 30.0, np.array([[100, 140], [150, 162]]), np.array([0, 1]))
NO_EVENTS = VideoEvents(300, 30.0, np.zeros((0, 2)), np.zeros(0))
FULL = VideoEvents(100, 30.0, np.array([[40, 60]]), np.array([0]))


def test_each_kind_has_its_share_of_an_epoch() -> None:
    sampler = WindowSampler([EVENTS, NO_EVENTS], dict(MaE=1, ME=2, none=1))
    assert Counter(sampler.kind(i, 40) for i in range(40)) == {'MaE': 10, 'ME': 20, 'none': 10}


def test_kind_without_events_gives_its_share_to_the_others() -> None:
    sampler = WindowSampler([FULL], dict(MaE=1, ME=1, none=1))
    assert sampler.shares == {'MaE': 0.5, 'ME': 0.0, 'none': 0.5}
    assert {sampler.kind(i, 10) for i in range(10)} == {'MaE', 'none'}


def test_windows_show_what_they_should() -> None:
    np.random.seed(0)
    sampler = WindowSampler([EVENTS, NO_EVENTS], dict(MaE=1, ME=1, none=1))
    starts = [sampler.draw('MaE', 64, [1.0, 1.0]) for _ in range(300)]
    assert {index for index, _ in starts} == {0}
    assert (min(start for _, start in starts), max(start for _, start in starts)) == (76, 100)
    starts = [sampler.draw('none', 64, [1.0, 1.0]) for _ in range(300)]
    assert {index for index, _ in starts} == {0, 1}
    assert all(start + 64 <= 100 or start >= 162 for index, start in starts if index == 0)


def test_any_window_where_none_is_free() -> None:
    np.random.seed(0)
    sampler = WindowSampler([FULL], dict(MaE=1, ME=1, none=1))
    assert {sampler.draw('none', 60, [1.0])[1] for _ in range(300)} == set(range(41))


def test_errors() -> None:
    with pytest.raises(
        MESpotError, match=r"balance needs a weight >= 0 for each of MaE, ME, none, found \{'MaE': 1\}"
    ):
        WindowSampler([EVENTS], dict(MaE=1))
    with pytest.raises(
        MESpotError, match=r"no kind of window is left: .* the videos hold \{'MaE': 0, 'ME': 0\}"
    ):
        WindowSampler([NO_EVENTS], dict(MaE=1, ME=1, none=0))
