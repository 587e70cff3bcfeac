from __future__ import annotations

import numpy as np
import pytest

from mmaction_mespot.preprocessing.faces.mesh import NUM_LANDMARKS
from mmaction_mespot.preprocessing.faces.shape import (
    MEAN_FACE,
    SHAPE_POINTS,
    SHAPE_REGIONS,
    eye_opening,
    head_turn,
    region_places,
    shape_points,
    without_pose,
)

EYE_DISTANCE = 44.8


def turned(points: np.ndarray, degrees: float, scale: float, shift: tuple[float, float, float]) -> np.ndarray:
    """Points after a turn about the vertical axis, a change of size and a shift."""
    angle = np.deg2rad(degrees)
    turn = np.array(
        [[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]], np.float64
    )
    middle = points.mean(axis=0)
    return scale * (points - middle) @ turn.T + middle + np.array(shift)


@pytest.fixture
def face() -> np.ndarray:
    points = np.random.default_rng(0).uniform(10, 100, (NUM_LANDMARKS, 3))
    points[list(MEAN_FACE)] = 56 + EYE_DISTANCE * np.array(list(MEAN_FACE.values()))
    return points


def test_a_head_that_turns_leans_and_shifts_has_one_shape(face: np.ndarray) -> None:
    poses = [turned(face, 4.0 * i, 1 + 0.02 * i, (i, -i, 2 * i)) for i in range(-5, 6)]
    still = without_pose(shape_points(np.stack(poses)), EYE_DISTANCE)
    assert np.abs(still - still[5]).max() < 0.02
    places = region_places(still)
    assert places.shape == (11, len(SHAPE_REGIONS), 2)
    np.testing.assert_allclose(places[5], places[0], atol=0.02)


def test_what_moves_in_a_turning_head_is_told_in_its_own_size(face: np.ndarray) -> None:
    corner = list(SHAPE_REGIONS['left_mouth_corner'])
    frames = np.stack([face] * 9)
    frames[3:6, corner, 0] += 8.0
    poses = np.stack([turned(frame, 3.0 * i, 1.0, (0, 0, 0)) for i, frame in enumerate(frames)])
    places = region_places(without_pose(shape_points(poses), EYE_DISTANCE))
    moved = np.linalg.norm(places[4] - places[0], axis=1)
    which = list(SHAPE_REGIONS).index('left_mouth_corner')
    assert moved[which] == pytest.approx(8.0, abs=0.4)
    assert np.delete(moved, which).max() < 0.4


def test_lids_and_depths() -> None:
    shapes = np.zeros((2, NUM_LANDMARKS, 3))
    shapes[:, (145, 153, 374, 380), 1] = [[4.0], [1.0]]
    assert eye_opening(shape_points(shapes)).tolist() == [4.0, 1.0]
    shapes[:, 454, 0], shapes[:, 152, 1] = 80.0, 100.0
    shapes[1, 454, 2], shapes[1, 152, 2] = 20.0, -10.0
    np.testing.assert_allclose(head_turn(shape_points(shapes)), [[0, 0], [0.25, -0.1]], atol=1e-6)


def test_the_points_are_few_and_each_is_there_once() -> None:
    assert len(set(SHAPE_POINTS)) == len(SHAPE_POINTS) < 80
