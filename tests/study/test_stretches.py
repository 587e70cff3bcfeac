from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mmaction_mespot.study.reviewed import Events
from mmaction_mespot.study.stretches import (
    RANDOM,
    StudyVideo,
    choose,
    cut,
    detections,
    is_reviewed,
    random_order,
    uncertainty,
)


def video(name: str, seconds: float, *rows: tuple[float, float, int, float]) -> StudyVideo:
    """A video of 10 frames per second with candidates (onset, offset, label, score), thresholds .5."""
    segments = np.array([row[:2] for row in rows], dtype=float).reshape(-1, 2)
    labels = np.array([row[2] for row in rows], dtype=np.int64)
    scores = np.array([row[3] for row in rows], dtype=float)
    return StudyVideo(name, 10.0, round(seconds * 10), Events(segments, labels), scores, (0.5, 0.5))


def test_stretches_of_one_length_and_the_rest_joins_the_last() -> None:
    assert [(one.first, one.last) for one in cut(video('a', 55))] == [(0, 199), (200, 549)]
    (whole,) = cut(video('a', 5))
    assert (whole.first, whole.last, whole.seconds) == (0, 49, 5.0)


def test_what_is_reviewed() -> None:
    (one,) = cut(video('a', 5))
    assert is_reviewed(one, [(30, 60), (0, 29)]) and is_reviewed(one, [(0, 40), (10, 49)])
    assert not is_reviewed(one, [(0, 28), (30, 49)]) and not is_reviewed(one, [])


def test_uncertainty_by_hand() -> None:
    one = video('a', 40, (1, 2, 0, 0.5), (3, 4, 0, 0.8), (25, 26, 0, 0.5))
    first, last = cut(one)
    # 4 * .5 * .5 at the threshold, 4 * .8 * .2 above it.
    assert uncertainty(one, first) == pytest.approx(1 + 0.64) and uncertainty(one, last) == pytest.approx(1)
    assert detections(one).segments_s.tolist() == [[1, 2], [3, 4], [25, 26]]


def test_the_order_stays_when_a_video_is_added() -> None:
    old = [one for name in 'abc' for one in cut(video(name, 200))]
    new = [*old, *cut(video('d', 200))]
    order = [one for one in random_order(new) if one.video != 'd']
    assert order == random_order(old) and order != random_order(old, seed=1)


def test_half_at_random_and_the_rest_where_it_is_uncertain_in_several_videos() -> None:
    wavering = [(20.0 * place + 1, 20.0 * place + 2, 0, 0.5) for place in range(10)]
    videos = [video('a', 200, *wavering), video('b', 200, *wavering[:2]), video('c', 200)]
    chosen = choose(videos, 4)
    assert len(chosen) == 12 and len({(one.video, one.first) for one in chosen}) == 12
    drawn = [one for one in chosen if one.why == RANDOM]
    order = random_order([one for each in videos for one in cut(each)])
    assert [replace(one, why='') for one in drawn] == order[:6]
    uncertain = [one for one in chosen if one.why != RANDOM]
    taken = {(one.video, one.first) for one in drawn}
    assert len([one for one in uncertain if one.video == 'b']) == sum(
        ('b', first) not in taken for first in (0, 200)
    )
    assert not [one for one in uncertain if one.video == 'c']
    # What is reviewed is not chosen again, and the draw goes on behind it.
    done = replace(videos[2], reviewed=[(0, 1999)])
    again = choose([*videos[:2], done], 4)
    assert 'c' not in {one.video for one in again}
    assert [one.video for one in again[:2]] == [one.video for one in order if one.video != 'c'][:2]


def test_a_study_without_candidates() -> None:
    assert [one.why for one in choose([video('a', 200)], 2)] == [RANDOM] * 3
    assert choose([], 2) == []
