from __future__ import annotations

import numpy as np
import pytest

from mmaction_mespot.spotters.movement_candidates import FLOW, MovementTraces, propose
from mmaction_mespot.spotters.movement_features import GROUPS, describe

FPS = 30.0


def traces_with(flow: dict[int, np.ndarray], shape: dict[int, np.ndarray], frames: int) -> MovementTraces:
    """A still face but for courses (frames + 1,) of single regions to the right, inter-ocular distances."""
    arrays = [np.zeros((frames + 1, count, 2)) for count in (14, 13, 1, 1)]
    for array, courses in zip(arrays, (flow, shape), strict=False):
        for region, course in courses.items():
            array[:, region, 0] = course
    return MovementTraces(*arrays, closed=np.zeros(frames, bool), fps=FPS)


def bump(frames: int, start: int, end: int, height: float) -> np.ndarray:
    """A course that rises over a third of an interval, stays, and comes back."""
    at = np.arange(frames + 1)
    third = (end - start) / 3
    return height * np.clip(np.minimum((at - start) / third, (end - at) / third), 0, 1)


def of_group(features: np.ndarray, name: str) -> np.ndarray:
    """Columns of a group of the first candidate, those of the flow alone."""
    columns = GROUPS[name]
    return features[0, list(columns[: len(columns) // 2])]


def test_the_groups_are_all_columns_once() -> None:
    course = bump(120, 40, 70, 0.05)
    traces = traces_with({10: course}, {}, 120)
    segments, sources = propose(traces)
    features = describe(traces, segments, sources)
    columns = sorted(sum(GROUPS.values(), ()))
    assert columns == list(range(features.shape[1]))
    assert describe(traces, segments[:0], sources[:0]).shape == (0, len(columns))


def test_the_features_are_absolute_and_do_not_depend_on_the_rest_of_the_video() -> None:
    course = bump(300, 100, 130, 0.05)
    alone = traces_with({10: course, 11: course}, {4: course}, 300)
    loud = bump(900, 600, 700, 0.4)
    longer = np.concatenate([course, np.zeros(600)])
    within = traces_with({10: longer + loud, 11: longer + loud}, {4: longer}, 900)
    segment, source = np.array([[100.0, 130.0]]), np.array([FLOW])
    first, second = describe(alone, segment, source), describe(within, segment, source)
    np.testing.assert_allclose(first, second, atol=1e-9)
    assert first[0, 0] == pytest.approx(np.log(0.05 / 0.001), abs=0.15)


@pytest.mark.parametrize(
    ('times', 'turns'),
    [(1, 0.25), (2, 0.75)],
)
def test_the_manner_tells_one_rise_from_a_to_and_fro(times: int, turns: float) -> None:
    # Both regions rise by .05 `times` times and come back: a way of 2 x .05 each time, a turn at each top
    # and between two rises; the turns are given in fours.
    at = np.arange(301)
    length = 96 // times
    single = 0.05 * (1 - np.abs((at - 100) % length / (length / 2) - 1)) * ((at >= 100) & (at <= 196))
    traces = traces_with({10: single, 11: single}, {}, 300)
    way, planar, found, between, held, before, after = of_group(
        describe(traces, np.array([[100.0, 196.0]]), np.array([FLOW])), 'manner'
    )
    assert way == pytest.approx(np.log(times), abs=0.02)
    assert found == pytest.approx(turns)
    assert between == pytest.approx(0, abs=1e-6)
    assert before == after == 0
    if times == 1:
        # The middle half lies .75 of the height above the flanks on average; above .7 lie 9 of 33 instants.
        assert planar == pytest.approx(np.log(1 / 0.75), abs=0.02)
        assert held == pytest.approx(9 / 33)


def test_the_manner_tells_a_step_and_restless_ends() -> None:
    at = np.arange(301)
    step = 0.05 * np.clip((at - 100) / 30, 0, 1) + 0.02 * ((at > 85) & (at < 98))
    traces = traces_with({10: step, 11: step}, {}, 300)
    *_, between, _, before, after = of_group(
        describe(traces, np.array([[100.0, 160.0]]), np.array([FLOW])), 'manner'
    )
    # Height above the mean of both ends is .025; they differ by .05; the bump of .02 before lies on no rest.
    assert between == pytest.approx(2)
    assert before == pytest.approx(0.02 / 0.025, rel=0.02)
    assert after == 0


def test_the_noise_is_that_of_the_second_around() -> None:
    # A trace to and fro by .002: its second differences are .004; beyond frame 300 by .02.
    at = np.arange(601)
    wiggle = 0.001 * (-1.0) ** at * np.where(at < 300, 1, 10)
    course = bump(600, 100, 130, 0.05)
    arrays = {region: wiggle + course for region in range(14)}
    traces = traces_with(arrays, {}, 600)
    against, noise = of_group(describe(traces, np.array([[100.0, 130.0]]), np.array([FLOW])), 'noise')
    assert noise == pytest.approx(np.log(0.004 / 0.001), abs=0.02)
    assert against == pytest.approx(np.log(0.05 / 0.004), abs=0.1)
    _, later = of_group(describe(traces, np.array([[400.0, 430.0]]), np.array([FLOW])), 'noise')
    assert later == pytest.approx(np.log(0.04 / 0.001), abs=0.02)


def test_the_levels_tell_an_expression_from_the_pause_between_two() -> None:
    # An expression rises from where the face is otherwise. The pause between two expressions of 60 frames
    # falls to where the face is otherwise: 10 of the 25 instants within 150 frames on either side lie in
    # them, at the level of the pause's ends, and 15 at that of its middle; within 45 frames all lie in them.
    at = np.arange(601)
    lonely = bump(600, 300, 315, 0.05)
    pause = 0.05 * ((at >= 240) & (at <= 375)) - bump(600, 300, 315, 0.05)
    segment, source = np.array([[300.0, 315.0]]), np.array([FLOW])
    for course, expected in ((lonely, [1, 0, 0, 0] * 2), (pause, [0.4, 0.6, 0, 0.6, 1, 0, 0, 0])):
        traces = traces_with({10: course, 11: course}, {}, 600)
        found = of_group(describe(traces, segment, source), 'levels')
        np.testing.assert_allclose(found, expected, atol=1e-6)
    # Near the end of a video only what is there counts, and how much is there is told: of the instants
    # .9 + 1.8375 k frames after the interval 5 lie in the 10 frames that are left.
    traces = traces_with({10: lonely[:326], 11: lonely[:326]}, {}, 325)
    features = describe(traces, segment, source)
    np.testing.assert_allclose(of_group(features, 'levels'), [1, 0, 0, 0] * 2, atol=1e-6)
    assert features[0, GROUPS['kind'][-1]] == pytest.approx((25 + 5) / 50)


def test_a_video_of_one_frame_has_no_noise_to_look_at() -> None:
    features = describe(traces_with({}, {}, 1), np.zeros((0, 2)), np.zeros(0, int))
    assert features.shape == (0, sum(map(len, GROUPS.values())))
