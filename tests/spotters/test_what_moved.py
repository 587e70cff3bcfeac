from __future__ import annotations

import numpy as np
import pytest

from mmaction_mespot.face_regions import REGIONS
from mmaction_mespot.preprocessing.faces.mesh import NUM_LANDMARKS
from mmaction_mespot.preprocessing.faces.shape import shape_points
from mmaction_mespot.spotters.facial_actions import (
    ACTIONS,
    BOTH,
    LEFT,
    LENGTH,
    MIDDLE,
    RIGHT,
    pattern,
)
from mmaction_mespot.spotters.what_moved import _PLACES, Movement, explain, from_rest, what_moved

COURSE = np.array([0.2, 0.7, 1.0, 1.0, 1.0, 0.7, 0.3])
APEX, AT_APEX = 2, 0.9
"""A frame, and the mean of the course over it and its neighbours: .7, 1 and 1."""
BY_UNIT = {action.action_units[0]: action for action in ACTIONS}
PUPIL_DISTANCE = 0.4 * 112


def moves(*parts: tuple[int, str, float]) -> np.ndarray:
    """Displacements over COURSE of action units with their sides and sizes."""
    return COURSE[:, None] * sum(size * pattern(BY_UNIT[unit], side) for unit, side, size in parts)


def named(found: list[Movement]) -> list[tuple[int, str]]:
    return [(movement.action_units[0], movement.side) for movement in found]


@pytest.mark.parametrize('action', ACTIONS, ids=lambda action: action.name)
@pytest.mark.parametrize('side', [BOTH, LEFT, RIGHT])
def test_each_action_alone_is_named_with_side_and_distance(action, side) -> None:
    shown = side if action.sided else MIDDLE
    size = 0.04 if action.region in ('lids', 'lips') else 0.02
    (found,) = explain(COURSE[:, None] * size * pattern(action, shown), APEX, turn=0.0)
    assert (found.action, found.action_units, found.side) == (action.name, action.action_units, shown)
    lead = max(
        [
            np.hypot(*pair)
            for name, pair in zip(REGIONS, pairs(action, shown), strict=True)
            if action.region in name
        ],
        default=1.0,
    )
    assert found.displacement_iod == pytest.approx(AT_APEX * size * lead)
    np.testing.assert_allclose(found.curve_iod, size * lead * COURSE, atol=1e-9)


def pairs(action, side: str) -> np.ndarray:
    return pattern(action, side)[: 2 * len(REGIONS)].reshape(-1, 2)


def test_two_actions_are_named_by_what_they_explain() -> None:
    found = explain(moves((12, BOTH, 0.03), (1, BOTH, 0.02)), APEX, turn=0.0)
    assert named(found) == [(12, BOTH), (1, BOTH)]
    assert found[0].displacement_iod == pytest.approx(AT_APEX * 0.03)
    assert found[1].displacement_iod == pytest.approx(AT_APEX * 0.02)


def test_the_sides_may_do_different_things() -> None:
    found = explain(moves((12, LEFT, 0.03), (4, RIGHT, 0.03)), APEX, turn=0.0)
    assert set(named(found)) == {(12, LEFT), (4, RIGHT)}


@pytest.mark.parametrize('size', [0.0, 0.0008])
def test_what_is_within_the_noise_has_no_name(size: float) -> None:
    assert explain(moves((14, LEFT, size)), APEX, turn=0.0) == []


def test_what_a_turning_head_does_has_no_name() -> None:
    yaw = np.zeros(LENGTH)
    yaw[: 2 * len(REGIONS) : 2] = 0.05 * _PLACES[:, 2]
    assert explain(COURSE[:, None] * yaw, APEX, turn=0.3) == []
    pitch = np.zeros(LENGTH)
    pitch[1 : 2 * len(REGIONS) : 2] = 0.05 * _PLACES[:, 2]
    assert explain(COURSE[:, None] * pitch, APEX, turn=0.3) == []


def test_what_is_like_no_face_has_no_name() -> None:
    """Every region to and fro by itself, each as far as in a large expression."""
    wild = 0.1 * np.random.default_rng(3).choice([-1.0, 1.0], LENGTH)
    assert explain(COURSE[:, None] * wild, APEX, turn=0.5) == []


def test_what_goes_farther_than_a_brow_can_has_no_name() -> None:
    assert explain(moves((4, BOTH, 0.1)), APEX, turn=0.0) != []
    assert explain(moves((4, BOTH, 0.4)), APEX, turn=0.0) == []


def test_a_jaw_that_drops_takes_the_corners_of_the_mouth_along() -> None:
    away = moves((26, MIDDLE, 0.1))
    corners = [2 * list(REGIONS).index(f'{side}_mouth_corner') + 1 for side in ('left', 'right')]
    away[:, corners] += 0.05 * COURSE[:, None]
    assert named(explain(away, APEX, turn=0.0)) == [(26, MIDDLE)]


def test_the_distance_from_rest_is_that_from_the_line_between_both_rests() -> None:
    values = np.array([9.0, 1, 1, 3, 5, 4, 5, 5, 9])[:, None]
    # Rest before is 1 (frames 1 and 2), after it 5 (frames 6 and 7); the line between has 2, 3 and 4.
    assert from_rest(values, 3, 6, 2)[:, 0].tolist() == [1, 2, 0]


def test_at_the_ends_of_a_video_the_rest_is_what_there_is() -> None:
    values = np.array([2.0, 4, 6, 8])[:, None]
    # Before it frame 0 itself, after it the last frame; the line 2, 3.2, 4.4, 5.6, 6.8, 8.
    np.testing.assert_allclose(from_rest(values, 0, 4, 3)[:, 0], [-1.2, -0.4, 0.4, 1.2])
    assert from_rest(values[:1], 0, 1, 3).tolist() == [[0.0]]


def test_an_end_that_is_not_seen_is_no_rest() -> None:
    values = np.array([1.0, 1, 3, 6, 6, 6, 2, 2])[:, None]
    assert from_rest(values, 2, 6, 2, (True, False))[:, 0].tolist() == [2, 5, 5, 5]
    assert from_rest(values, 2, 6, 2, (False, True))[:, 0].tolist() == [1, 4, 4, 4]


def streams(smile_px: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A still mesh, a still head, and the flow of gap 1 of a smile of so many px on the left."""
    count = len(smile_px)
    flow = np.diff(smile_px, prepend=0.0)[:, None, None] * pairs(BY_UNIT[12], LEFT)
    face = np.random.default_rng(0).uniform(10, 100, (NUM_LANDMARKS, 3))
    return flow, np.zeros((count, 2)), np.repeat(shape_points(face)[None], count, axis=0)


def test_a_smile_on_one_side_from_the_streams() -> None:
    course = np.concatenate([np.zeros(30), [0.2, 0.6, 1, 1, 1, 1, 1, 1, 0.6, 0.2], np.zeros(30)])
    flow, head, shapes = streams(0.01 * PUPIL_DISTANCE * course)
    (found,) = what_moved(flow, head, shapes, 30.0, 1, 112, 30, 34, 40)
    assert (found.action, found.side) == ('lip-corner puller', 'left')
    # A little less: the mesh says that nothing moved.
    assert found.displacement_iod == pytest.approx(0.0085, abs=0.001)
    assert len(found.curve_iod) == 10
    assert found.displacement_iod == pytest.approx(found.curve_iod[4], rel=0.02)
    assert found.words.startswith('AU12 lip-corner puller, left, 0.0')
    assert found.to_dict()['action_units'] == [12]
    flow[:] = np.nan
    assert what_moved(flow, head, shapes, 30.0, 1, 112, 30, 34, 40) == []


@pytest.mark.parametrize(('first', 'behind'), [(0, 1), (0, 70), (69, 70)])
def test_intervals_of_any_place_and_length(first: int, behind: int) -> None:
    flow, head, shapes = streams(np.zeros(70))
    assert what_moved(flow, head, shapes, 30.0, 4, 112, first, first, behind) == []


def test_streams_and_intervals_that_do_not_fit() -> None:
    flow, head, shapes = streams(np.zeros(20))
    for first, behind in ((-1, 4), (4, 4), (4, 21)):
        with pytest.raises(ValueError, match=f'onset {first}, apex {first}, end {behind}'):
            what_moved(flow, head, shapes, 30.0, 4, 112, first, first, behind)
    with pytest.raises(ValueError, match='20, 19 and 20 frames'):
        what_moved(flow, head[1:], shapes, 30.0, 4, 112, 2, 3, 4)


def test_a_smile_that_goes_on_when_the_video_ends() -> None:
    course = np.concatenate([np.zeros(30), [0.2, 0.6], np.ones(20)])
    flow, head, shapes = streams(0.01 * PUPIL_DISTANCE * course)
    (found,) = what_moved(flow, head, shapes, 30.0, 1, 112, 30, 40, 52, (True, False))
    assert (found.action, found.side) == ('lip-corner puller', 'left')
    assert found.curve_iod[-1] == pytest.approx(found.displacement_iod, rel=0.1)
    assert what_moved(flow, head, shapes, 30.0, 1, 112, 30, 40, 52, (False, False)) == []
