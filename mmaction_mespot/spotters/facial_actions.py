"""What facial actions do to the regions of a face: a table after the Facial Action Coding System."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mmaction_mespot.face_regions import REGIONS
from mmaction_mespot.preprocessing.faces.shape import SHAPE_REGIONS

BOTH, LEFT, RIGHT, MIDDLE = 'both', 'left', 'right', 'middle'
"""Sides of an action, the person's own; what has no side is in the middle."""
_SIDES = {BOTH: ('left', 'right'), LEFT: ('left',), RIGHT: ('right',), MIDDLE: ('left', 'right')}
_CENTRAL = ('upper_lip', 'lower_lip', 'chin')

Moves = dict[str, tuple[float, float]]
"""Region without its side, and its displacement outwards (away from the middle of the face) and downwards."""


@dataclass(frozen=True)
class Action:
    """A movement that coders have a name for.

    Displacements are relative: the region that leads moves by a length of 1. Of a region in the middle of the
    face one side moves half, so that both sides add up.

    Attributes:
        name: As coders call it.
        action_units: Numbers of the action units that it may be; several where they look alike from afar.
        region: The region that leads, without its side.
        flow: Displacements of the regions of :data:`REGIONS`.
        shape: Displacements of those of :data:`SHAPE_REGIONS`.
        lips: How far the lips part.
        lids: How far the lids part.
        sided: Whether one side of the face can do it alone.
        reach: How far the leading region goes at most, in inter-ocular distances.
    """

    name: str
    action_units: tuple[int, ...]
    region: str
    flow: Moves
    shape: Moves
    lips: float = 0.0
    lids: float = 0.0
    sided: bool = True
    reach: float = 0.15


def _follow(down: float) -> Moves:
    """How the mesh moves nose and mouth when the brows move: it is fitted as a whole."""
    middle = {region: (0.0, down / 2) for region in _CENTRAL}
    return {'mouth_corner': (0.0, down), 'nose_wing': (0.0, down / 2), **middle}


ACTIONS = (
    Action(
        'inner brow raiser',
        (1,),
        'brow_inner',
        {'brow_inner': (0, -1), 'brow_middle': (0, -0.4)},
        {'brow_inner': (0, -0.7), 'brow_outer': (0, -0.4), **_follow(0.3)},
    ),
    Action(
        'outer brow raiser',
        (2,),
        'brow_outer',
        {'brow_outer': (0, -1), 'brow_middle': (0, -1)},
        {'brow_inner': (0, -0.4), 'brow_outer': (0, -0.7), **_follow(0.3)},
        lids=0.2,
    ),
    Action(
        'brow lowerer',
        (4,),
        'brow_inner',
        {'brow_inner': (-0.4, 0.9), 'brow_middle': (-0.1, 0.7), 'brow_outer': (0, 0.2)},
        {'brow_inner': (-0.1, 0.5), 'brow_outer': (0, 0.35), **_follow(-0.25)},
        lids=-0.15,
    ),
    Action(
        'cheek raiser or lid tightener',
        (6, 7),
        'cheek',
        {'cheek': (0, -1)},
        {'cheek': (0, -0.3), 'brow_inner': (0, 0.2), 'brow_outer': (0, 0.3)},
        lids=-0.2,
    ),
    Action(
        'nose wrinkler',
        (9,),
        'nose_wing',
        {'nose_wing': (0.1, -1), 'brow_inner': (0, 1), 'brow_middle': (0, 0.5), 'upper_lip': (0, -0.4)},
        {'nose_wing': (0, -0.6), 'brow_inner': (0, 0.6), 'brow_outer': (0, 0.3), 'upper_lip': (0, -0.3)},
    ),
    Action(
        'upper lip raiser',
        (10,),
        'upper_lip',
        {'upper_lip': (0, -0.5), 'nose_wing': (0.2, -0.4), 'mouth_corner': (0, -0.4)},
        {'upper_lip': (0, -0.35), 'nose_wing': (0, -0.3), 'mouth_corner': (0, -0.3)},
        lips=0.4,
        reach=0.4,
    ),
    Action(
        'lip-corner puller',
        (12,),
        'mouth_corner',
        {'mouth_corner': (0.6, -0.8), 'nose_wing': (0.2, -0.25), 'cheek': (0, -0.1)},
        {
            'mouth_corner': (0.7, -0.8),
            'nose_wing': (0.25, -0.35),
            'upper_lip': (0, -0.25),
            'lower_lip': (0, -0.15),
            'cheek': (0.15, -0.3),
        },
        lids=-0.15,
        reach=0.4,
    ),
    Action(
        'dimpler or lip stretcher',
        (14, 20),
        'mouth_corner',
        {'mouth_corner': (1, 0)},
        {'mouth_corner': (0.9, -0.1), 'nose_wing': (0.3, 0)},
        reach=0.25,
    ),
    Action(
        'lip-corner depressor',
        (15,),
        'mouth_corner',
        {'mouth_corner': (0, 1), 'nose_wing': (0, 0.15), 'chin': (0, 0.1), 'upper_lip': (0, 0.1)},
        {
            'mouth_corner': (-0.1, 1),
            'nose_wing': (0, 0.3),
            'chin': (0, 0.2),
            'upper_lip': (0, 0.3),
            'lower_lip': (0, 0.4),
        },
        reach=0.4,
    ),
    Action(
        'chin raiser',
        (17,),
        'chin',
        {'chin': (0, -0.5), 'mouth_corner': (0, -0.2), 'upper_lip': (0, -0.1)},
        {
            'chin': (0, -0.35),
            'lower_lip': (0, -0.35),
            'mouth_corner': (0, -0.45),
            'upper_lip': (0, -0.2),
        },
        lips=-0.2,
        reach=0.2,
    ),
    Action(
        'lip tightener or presser',
        (23, 24),
        'mouth_corner',
        {'mouth_corner': (-0.9, 0.3), 'chin': (0, -0.6), 'upper_lip': (0, 0.3)},
        {'mouth_corner': (-1, 0.2), 'lower_lip': (0, -0.3), 'chin': (0, -0.3), 'upper_lip': (0, 0.15)},
        lips=-0.3,
        reach=0.2,
    ),
    Action(
        'lips part',
        (25,),
        'lips',
        {'chin': (0, 0.1)},
        {'lower_lip': (0, 0.2), 'upper_lip': (0, -0.1)},
        lips=1.0,
        sided=False,
        reach=0.4,
    ),
    Action(
        'jaw drop',
        (26,),
        'chin',
        {'chin': (0, 0.5), 'mouth_corner': (0, 0.3)},
        {'chin': (0, 0.4), 'lower_lip': (0, 0.45), 'mouth_corner': (0, 0.4), 'upper_lip': (0, 0.07)},
        lips=0.5,
        sided=False,
        reach=0.7,
    ),
    Action('upper lid raiser', (5,), 'lids', {}, {}, lids=1.0, sided=False),
    Action('eyes closed or blink', (43, 45), 'lids', {'cheek': (0, 0.05)}, {}, lids=-1.0, sided=False),
)
"""The actions that flow and mesh of a face tell apart."""

LENGTH = 2 * (len(REGIONS) + len(SHAPE_REGIONS)) + 2


def pattern(action: Action, side: str) -> np.ndarray:
    """Displacements of all regions by an action.

    Args:
        action: The action.
        side: :data:`BOTH`, :data:`LEFT`, :data:`RIGHT` or :data:`MIDDLE`.

    Returns:
        float64 (LENGTH,): x and y (downwards) of each of the flow's regions, then of each of the shape's,
        then how far the lips and the lids part.
    """
    parts = []
    for names, moves in ((list(REGIONS), action.flow), (list(SHAPE_REGIONS), action.shape)):
        values = np.zeros((len(names), 2))
        for one in _SIDES[side]:
            for region, (outwards, down) in moves.items():
                if region in _CENTRAL:
                    values[names.index(region)] += (0, down)
                else:
                    # The person's left is on the right of the picture.
                    values[names.index(f'{one}_{region}')] += (outwards if one == 'left' else -outwards, down)
        parts.append(values.ravel())
    share = len(_SIDES[side]) / 2
    return np.concatenate([*parts, [share * action.lips, share * action.lids]])
