"""The regions of a face that spotters watch, and which of them move together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np

REGIONS: dict[str, tuple[int, ...]] = {
    'right_brow_inner': (107, 55),
    'right_brow_middle': (105, 66, 52, 65),
    'right_brow_outer': (70, 46),
    'left_brow_inner': (336, 285),
    'left_brow_middle': (334, 296, 282, 295),
    'left_brow_outer': (300, 276),
    'right_cheek': (118, 101),
    'left_cheek': (347, 330),
    'right_nose_wing': (129, 98),
    'left_nose_wing': (358, 327),
    'right_mouth_corner': (61,),
    'left_mouth_corner': (291,),
    'upper_lip': (0, 164),
    'chin': (17, 199),
}
"""The 14 regions that flow spotters watch (brows, below the eyes, nose wings, mouth, chin): each is a square
around the mean of its landmarks. Right and left are the person's."""

AU_REGIONS: dict[int, tuple[str, ...]] = {
    1: ('brow_inner',),
    2: ('brow_outer',),
    4: ('brow_inner', 'brow_middle'),
    5: ('brow_middle',),
    6: ('cheek', 'brow_outer'),
    7: ('cheek',),
    9: ('nose_wing', 'brow_inner'),
    10: ('nose_wing', 'upper_lip'),
    11: ('nose_wing',),
    12: ('mouth_corner', 'cheek'),
    13: ('mouth_corner',),
    14: ('mouth_corner',),
    15: ('mouth_corner', 'chin'),
    16: ('chin',),
    17: ('chin',),
    18: ('upper_lip', 'mouth_corner'),
    20: ('mouth_corner',),
    22: ('upper_lip', 'chin'),
    23: ('upper_lip', 'mouth_corner'),
    24: ('upper_lip', 'mouth_corner'),
    25: ('upper_lip', 'chin'),
    26: ('chin',),
    27: ('chin', 'upper_lip'),
    28: ('upper_lip', 'chin'),
    38: ('nose_wing',),
    39: ('nose_wing',),
}
"""Regions that an action unit moves, without their side (FACS; Ekman, Friesen, Hager 2002)."""

_UNIT = re.compile(r'(?<![A-Za-z])([LR])?\s*(?:AU)?\s*(\d{1,2})(?!\d)', re.IGNORECASE)


def moved_regions(action_units: str) -> set[str]:
    """Regions that the action units of an event move.

    Args:
        action_units: As the labels have them: numbers, on one side with L or R before them, such as
            ``'4+L10'`` or ``'AU12 + AU6'``. Units that move no region (the eyes') count for nothing.

    Returns:
        Names as in :data:`REGIONS`.
    """
    found: set[str] = set()
    for side, number in _UNIT.findall(action_units):
        sides = {'L': ('left',), 'R': ('right',)}.get(side.upper(), ('right', 'left'))
        for region in AU_REGIONS.get(int(number), ()):
            middle = region in ('upper_lip', 'chin')
            found |= {region} if middle else {f'{one}_{region}' for one in sides}
    return found


def region_matrix(action_units: Iterable[str], regions: Sequence[str]) -> np.ndarray:
    """How often two regions move in the same event.

    Args:
        action_units: Text of each event, as in :func:`moved_regions`.
        regions: Names of the regions, in the order of rows and columns.

    Returns:
        float64 (R, R), symmetric; one more on the diagonal, so that a region that never moves keeps its own.
    """
    matrix = np.eye(len(regions))
    for text in action_units:
        moved = np.isin(regions, list(moved_regions(text)))
        matrix += np.outer(moved, moved)
    return matrix
