from __future__ import annotations

import numpy as np
import pytest

from mmaction_mespot.face_regions import REGIONS
from mmaction_mespot.preprocessing.faces.shape import SHAPE_REGIONS
from mmaction_mespot.spotters.facial_actions import (
    ACTIONS,
    BOTH,
    LEFT,
    LENGTH,
    MIDDLE,
    RIGHT,
    Action,
    pattern,
)

TWITCH = Action(
    'twitch',
    (99,),
    'mouth_corner',
    {'mouth_corner': (0.6, -0.8), 'chin': (0, 0.5)},
    {'cheek': (0.1, 0.2)},
    lips=0.4,
    lids=-0.2,
)


def by_name(values: np.ndarray) -> dict[str, tuple[float, float]]:
    """Regions of flow and shape that move."""
    names = [f'flow {name}' for name in REGIONS] + [f'shape {name}' for name in SHAPE_REGIONS]
    pairs = values[:-2].reshape(-1, 2)
    return {name: tuple(pair) for name, pair in zip(names, pairs.tolist(), strict=True) if any(pair)}


def test_outwards_is_to_the_right_of_the_picture_on_the_persons_left() -> None:
    left, right = pattern(TWITCH, LEFT), pattern(TWITCH, RIGHT)
    assert left.shape == (LENGTH,) == (2 * (14 + 13) + 2,)
    assert by_name(left) == {
        'flow left_mouth_corner': (0.6, -0.8),
        'flow chin': (0, 0.5),
        'shape left_cheek': (0.1, 0.2),
    }
    assert by_name(right)['flow right_mouth_corner'] == (-0.6, -0.8)
    assert left[-2:].tolist() == [0.2, -0.1]


def test_both_sides_add_up() -> None:
    both = pattern(TWITCH, BOTH)
    np.testing.assert_allclose(both, pattern(TWITCH, LEFT) + pattern(TWITCH, RIGHT))
    np.testing.assert_allclose(both, pattern(TWITCH, MIDDLE))
    assert by_name(both)['flow chin'] == (0, 1.0)
    assert both[-2:].tolist() == [0.4, -0.2]


@pytest.mark.parametrize('action', ACTIONS, ids=lambda action: action.name)
def test_every_action_moves_the_region_that_leads(action: Action) -> None:
    moved = pattern(action, MIDDLE)
    if action.region in ('lids', 'lips'):
        assert abs(moved[-1 if action.region == 'lids' else -2]) == 1
    else:
        sizes = [np.hypot(*pair) for name, pair in by_name(moved).items() if name.endswith(action.region)]
        assert max(sizes) == pytest.approx(1, abs=0.12)


def test_no_action_unit_stands_for_two_actions() -> None:
    units = [unit for action in ACTIONS for unit in action.action_units]
    assert len(set(units)) == len(units)
