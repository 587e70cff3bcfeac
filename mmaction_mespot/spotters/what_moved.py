"""What moved in an interval, in which direction and how far: pure functions.

The displacements of the regions of a face (optical flow: fine, also one-sided) and the places of its mesh
without the pose (rough, but of large movements and of lids and lips) are explained by few facial actions.
What a turning head does to the flow is expected, not explained.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mmaction_mespot.face_regions import REGIONS
from mmaction_mespot.preprocessing.faces.alignment import EYE_CENTERS
from mmaction_mespot.preprocessing.faces.shape import (
    eye_opening,
    head_turn,
    lip_opening,
    region_places,
    without_pose,
)
from mmaction_mespot.spotters.displacement import displacement
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

MARGIN_S = 1.0
"""Seconds of streams before and after an interval that tell the rest and the usual pose."""
_REST_S = 0.1
_FLOW_VALUES = 2 * len(REGIONS)
_FLOW_NOISE, _FLOW_ERROR = 0.001, 0.07
_SHAPE_NOISE, _SHAPE_ERROR = 0.006, 0.2
"""Noise in inter-ocular distances, and error as a share of the largest displacement."""
_TURN_ERROR = 0.02
"""Error per inter-ocular distance that the head moves."""
_POSE, _POSE_PER_TURN = 0.015, 0.1
"""Flow of a turning head that is expected, and more per inter-ocular distance that it moves."""
_LEAST_SIGMAS, _LEAST_SHARE, _LEAST_FIT = 3.0, 0.12, 0.3
_BOTH_SIDES = 1.1
"""Factor on what an action explains if both sides do it."""
_MOST = 3
_OPPOSITES = ({1, 4}, {2, 4}, {12, 15}, {15, 26}, {17, 25}, {17, 26}, {23, 25}, {23, 26}, {5, 43}, {5, 6})
"""Not named together: they move the same skin to opposite sides, or one takes the other's along."""
_LIDS, _LIPS = 'lids', 'lips'

# Place of each region on a face, right to left, towards the chin, and depth behind the back of the nose, in
# inter-ocular distances: means of six people, rounded.
_PLACES = np.array(
    [
        (-0.22, -0.57, 0.23),
        (-0.54, -0.62, 0.31),
        (-0.88, -0.50, 0.55),
        (0.22, -0.57, 0.23),
        (0.54, -0.62, 0.31),
        (0.88, -0.50, 0.55),
        (-0.62, 0.08, 0.43),
        (0.62, 0.08, 0.43),
        (-0.28, 0.35, 0.29),
        (0.28, 0.35, 0.29),
        (-0.39, 0.76, 0.42),
        (0.39, 0.76, 0.42),
        (0.0, 0.57, 0.14),
        (0.0, 1.09, 0.22),
    ]
)


@dataclass(frozen=True)
class Movement:
    """One thing that moved.

    Attributes:
        action: What coders call it, see :data:`ACTIONS`.
        action_units: Numbers of the action units that it may be.
        region: The region that leads: ``'mouth_corner'``, ``'brow_inner'``, ..., ``'lids'`` or ``'lips'``.
        side: The person's own: ``'left'``, ``'right'``, ``'both'``, or ``'middle'`` for what has no side.
        displacement_iod: How far the region is displaced at the apex, inter-ocular distances (of lids and
            lips: by how much their distance differs from rest).
        curve_iod: The same at each frame of the interval, n values.
    """

    action: str
    action_units: tuple[int, ...]
    region: str
    side: str
    displacement_iod: float
    curve_iod: tuple[float, ...]

    @property
    def short(self) -> str:
        """The action units alone, such as ``AU12`` or ``AU23/24 L``."""
        side = {LEFT: ' L', RIGHT: ' R'}.get(self.side, '')
        return f'AU{"/".join(map(str, self.action_units))}{side}'

    @property
    def words(self) -> str:
        """In one line, such as ``AU12 lip-corner puller, left, 0.031 IOD``."""
        units = '/'.join(map(str, self.action_units))
        side = '' if self.side in (BOTH, MIDDLE) else f', {self.side}'
        return f'AU{units} {self.action}{side}, {self.displacement_iod:.3f} IOD'

    def to_dict(self) -> dict[str, object]:
        """Plain JSON types."""
        return {
            'action': self.action,
            'action_units': list(self.action_units),
            'region': self.region,
            'side': self.side,
            'displacement_iod': round(self.displacement_iod, 4),
            'words': self.words,
            'curve_iod': [round(value, 4) for value in self.curve_iod],
        }


def what_moved(
    flow: np.ndarray,
    head: np.ndarray,
    shapes: np.ndarray,
    fps: float,
    gap: int,
    crop_size: int,
    first: int,
    apex: int,
    behind: int,
    rests: tuple[bool, bool] = (True, True),
) -> list[Movement]:
    """Name the movements of an interval.

    Args:
        flow: ``flow_roi`` of the interval and up to :data:`MARGIN_S` around it, (n, 14, 2), px of the crop
            per `gap` frames, the head motion removed; NaN counts as still.
        head: ``head_motion`` of the same frames, (n, 2).
        shapes: ``face_shape`` of the same frames, (n, points, 3), px of the crop.
        fps: Frames per second.
        gap: Frames between the two pictures of a flow field.
        crop_size: Side of the crop in px.
        first: Place of the interval's first frame among the n.
        apex: Place of its apex.
        behind: Place of the frame behind its last one.
        rests: Whether the face is seen at rest before the interval and after it. Defaults to both.

    Returns:
        At most three, what explains most first; none where nothing is clear or no rest is seen.

    Raises:
        ValueError: If the lengths differ or the interval lies outside of them.
    """
    if not len(flow) == len(head) == len(shapes) or not 0 <= first <= apex < behind <= len(flow):
        lengths = f'{len(flow)}, {len(head)} and {len(shapes)} frames'
        raise ValueError(f'found streams of {lengths} and in them onset {first}, apex {apex}, end {behind}')
    if not any(rests):
        return []
    eye_distance = crop_size * float(EYE_CENTERS[1, 0] - EYE_CENTERS[0, 0])
    trace = displacement(np.nan_to_num(flow), gap) / eye_distance
    still = without_pose(shapes, eye_distance)
    values = np.concatenate(
        [
            ((trace[1:] + trace[:-1]) / 2).reshape(len(flow), -1),
            region_places(still).reshape(len(flow), -1) / eye_distance,
            lip_opening(still)[:, None] / eye_distance,
            eye_opening(still)[:, None] / eye_distance,
        ],
        axis=1,
    )
    inside = slice(first, behind)
    motion = displacement(np.nan_to_num(head)[:, None], gap)[1:, 0] / eye_distance
    turn = np.ptp(head_turn(np.asarray(shapes, dtype=np.float64))[inside], axis=0).max()
    turn += np.ptp(motion[inside], axis=0).max()
    away = from_rest(values, first, behind, max(1, round(_REST_S * fps)), rests)
    return explain(away, apex - first, float(turn))


def from_rest(
    values: np.ndarray, first: int, behind: int, rest_frames: int, rests: tuple[bool, bool] = (True, True)
) -> np.ndarray:
    """How far the values are from the line between the rest before an interval and the rest after it.

    Where only one of them is seen, how far from that.

    Args:
        values: (n, k).
        first: First frame of the interval.
        behind: The frame behind its last one.
        rest_frames: Frames on either side whose mean is the rest; fewer where the values end.
        rests: Whether there is a rest before and after, at least one. Defaults to both.

    Returns:
        float64 (behind - first, k).
    """
    before = values[max(first - rest_frames, 0) : max(first, 1)].mean(axis=0)
    after = values[min(behind, len(values) - 1) : behind + rest_frames].mean(axis=0)
    before, after = before if rests[0] else after, after if rests[1] else before
    share = np.linspace(0, 1, behind - first + 2)[1:-1, None]
    return np.asarray(values[first:behind] - ((1 - share) * before + share * after))


def explain(away: np.ndarray, apex: int, turn: float) -> list[Movement]:
    """Explain displacements by facial actions.

    At the apex the action that explains most of the displacements, weighted by their noise, comes first;
    others follow while they add enough. If none is clear there, lids and lips are looked at where these are
    farthest from rest.

    Args:
        away: Displacements from rest at each frame, (n, LENGTH) as :func:`pattern` orders them,
            inter-ocular distances.
        apex: Place of the apex among the n.
        turn: How far the head moves and turns in the interval, inter-ocular distances.
    """
    widest = int(np.argmax(np.abs(away[:, -2:]).max(axis=1)))
    for frame, places in ((apex, range(len(_CANDIDATES))), (widest, _OPENINGS)):
        at_apex = away[max(frame - 1, 0) : frame + 2].mean(axis=0)
        whiten = _whitening(at_apex, turn)
        chosen = _pursue(whiten @ at_apex, whiten, places)
        if chosen:
            break
    else:
        return []
    patterns = np.stack([whiten @ _CANDIDATES[place][2] for place in chosen], axis=1)
    curves = np.linalg.lstsq(patterns, whiten @ away.T, rcond=None)[0]
    sizes = np.linalg.lstsq(patterns, whiten @ at_apex, rcond=None)[0]
    found = []
    for place, curve, size in zip(chosen, curves, sizes, strict=True):
        action, side, _ = _CANDIDATES[place]
        distances = tuple((_LEADS[place] * np.array([size, *curve])).tolist())
        found.append(
            Movement(action.name, action.action_units, action.region, side, distances[0], distances[1:])
        )
    return found


def _lead(action: Action, side: str) -> float:
    """How far the region that leads goes in a pattern."""
    if action.region in (_LIDS, _LIPS):
        return 1.0
    moved = pattern(action, side)[:_FLOW_VALUES].reshape(-1, 2)
    own = [place for place, name in enumerate(REGIONS) if name.endswith(action.region)]
    return float(np.linalg.norm(moved[own], axis=1).max())


_CANDIDATES = [
    (action, side, pattern(action, side))
    for action in ACTIONS
    for side in ((BOTH, LEFT, RIGHT) if action.sided else (MIDDLE,))
]
_LEADS = [_lead(action, side) for action, side, _ in _CANDIDATES]
_OPENINGS = [place for place, (action, _, _) in enumerate(_CANDIDATES) if action.region in (_LIDS, _LIPS)]


def _pose_flows() -> np.ndarray:
    """What roll, size, yaw and pitch of the head do to the flow of the regions, (6, LENGTH)."""
    x, y, depth = _PLACES.T
    none = np.zeros_like(x)
    pairs = ((-y, x), (x, y), (depth, none), (none, depth), (x * x, x * y), (x * y, y * y))
    flows = np.zeros((len(pairs), LENGTH))
    for row, pair in zip(flows, pairs, strict=True):
        row[:_FLOW_VALUES] = np.stack(pair, axis=1).ravel()
    return flows


def _whitening(at_apex: np.ndarray, turn: float) -> np.ndarray:
    """The matrix after which noise, errors and pose are independent and of size 1, (LENGTH, LENGTH)."""
    sizes = np.linalg.norm(at_apex[:-2].reshape(-1, 2), axis=1)
    flow, shape = sizes[: len(REGIONS)].max(), sizes[len(REGIONS) :].max()
    variance = np.full(LENGTH, _SHAPE_NOISE**2 + (_SHAPE_ERROR * shape) ** 2 + (_TURN_ERROR * turn) ** 2)
    variance[:_FLOW_VALUES] = _FLOW_NOISE**2 + (_FLOW_ERROR * flow) ** 2 + (_TURN_ERROR * turn) ** 2
    poses = _pose_flows() * np.hypot(_POSE, _POSE_PER_TURN * turn)
    return np.asarray(np.linalg.cholesky(np.linalg.inv(np.diag(variance) + poses.T @ poses)).T)


def _pursue(values: np.ndarray, whiten: np.ndarray, places: Sequence[int]) -> list[int]:
    """Which of these candidates explain the values, what explains most first."""
    patterns = np.stack([whiten @ one for _, _, one in _CANDIDATES], axis=1)
    total = rest = float(values @ values)
    chosen: list[int] = []
    while len(chosen) < _MOST:
        best, best_gain, best_rest = None, 0.0, rest
        for place in places:
            action, side, _ = _CANDIDATES[place]
            if any(_excludes(_CANDIDATES[other][0], action) for other in chosen):
                continue
            columns = [*chosen, place]
            sizes = np.linalg.lstsq(patterns[:, columns], values, rcond=None)[0]
            reach = [_CANDIDATES[one][0].reach / _LEADS[one] for one in columns]
            if (sizes <= 0).any() or (sizes > reach).any():
                continue
            left = values - patterns[:, columns] @ sizes
            own_rest = float(left @ left)
            gain = (rest - own_rest) * (_BOTH_SIDES if side == BOTH else 1.0)
            if gain > best_gain:
                best, best_gain, best_rest = place, gain, own_rest
        if best is None or best_gain < max(_LEAST_SIGMAS**2, _LEAST_SHARE * total):
            break
        chosen.append(best)
        rest = best_rest
    return chosen if rest <= (1 - _LEAST_FIT) * total else []


def _excludes(one: Action, other: Action) -> bool:
    """Whether an action is not named beside another one."""
    return one is other or {one.action_units[0], other.action_units[0]} in _OPPOSITES
