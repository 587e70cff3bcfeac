"""Draws the frames of a film: one warp of the still, with the lids and the mouth of the moment."""

from __future__ import annotations

import cv2
import numpy as np

from mmaction_mespot.synthetic.action_units import ACTION_UNITS, action_unit_field, face_axes
from mmaction_mespot.synthetic.fields import GRID_STEP, border_weight, grid_points, spread_over_grid
from mmaction_mespot.synthetic.lids import close_eyes
from mmaction_mespot.synthetic.morph import LEAST_CHANGE, Morph, build_morphs
from mmaction_mespot.synthetic.mouth import open_mouth
from mmaction_mespot.synthetic.sensor import Sensor
from mmaction_mespot.synthetic.still import Still, frame_still
from mmaction_mespot.synthetic.stills import PersonStills, read_picture
from mmaction_mespot.synthetic.v2.hand import Hand
from mmaction_mespot.synthetic.v2.motion import SIDES, WIDEST, build_film_motion
from mmaction_mespot.synthetic.v2.plan import CAMERAS, FilmPlan
from mmaction_mespot.synthetic.v2.warp import BRIGHTEST, DARKEST, FOLD_SHADING, arriving
from mmaction_mespot.synthetic.v2.worn import Glasses, Hair, Projection

_LID_LEVELS, _MOUTH_LEVELS = 25, 33
_EYES = ((33, 133, 159, 145), (362, 263, 386, 374))
_NECK, _EARS = 152, (234, 454)
# Below this share of the frame's width beside the face there is no room for a head that moves much.
_ROOMY_IOD_SHARE = 0.26
_IOD_SHARE = 0.24


def can_morph(stills: PersonStills) -> bool:
    """Whether other stills of a person show another expression than each resting one."""
    camera = CAMERAS[0]
    try:
        for path in stills.resting:
            still = frame_still(read_picture(path), str(path), camera.width, camera.height, _IOD_SHARE)
            build_morphs(still, stills.others)
    except ValueError:
        return False
    return True


class FilmRenderer:
    """Frames of one film with a face.

    Args:
        plan: Its plan.
        stills: Stills of its person.
    """

    def __init__(self, plan: FilmPlan, stills: PersonStills) -> None:
        camera = plan.camera
        path = stills.resting[plan.index % len(stills.resting)]
        still = frame_still(read_picture(path), str(path), camera.width, camera.height, _IOD_SHARE)
        self._morphs: list[Morph] = []
        self.motion = build_film_motion(plan)
        if self.motion.morphs:
            # Whoever morphs was chosen in another frame, whose grid measures the change a little differently.
            self._morphs = build_morphs(still, stills.others, least_change=0.8 * LEAST_CHANGE)
        if camera.blur > 0:
            still = Still(cv2.GaussianBlur(still.image, (0, 0), camera.blur), still.landmarks, still.origin)
        self.still = still
        channels = 1 if still.image.ndim == 2 else 3
        self._sensor = Sensor(camera, channels, plan.total_frames, plan.seed)
        self._lids = close_eyes(still, _LID_LEVELS)
        self._mouth_top = int(still.landmarks[2, 1])
        widest = float(self.motion.opening.max())
        self._mouths = None
        if widest > 0.002:
            self._mouths = open_mouth(still, _MOUTH_LEVELS, WIDEST, teeth=True)[:, self._mouth_top :]
        height, width = still.image.shape[:2]
        self._points = grid_points(width, height)
        self._weight = border_weight(self._points, width, height)[..., 0]
        self._basis = _face_basis(still, self._points, self._weight)
        self._shape = _head_shape(still, self._points)
        self._room = 1.0 if still.iod < _ROOMY_IOD_SHARE * width else 0.45
        self._y, self._x = np.mgrid[:height, :width].astype(np.float32)
        self._rng = np.random.default_rng([plan.seed, 5])
        self._worn: list[Glasses | Hair] = []
        own = np.random.default_rng([plan.seed, 11])
        if plan.hair:
            self._worn.append(Hair(still, plan.total_frames, camera.fps, own))
        if plan.glasses:
            self._worn.append(Glasses(still, own))
        self._hand = Hand(still, self._rng) if self.motion.hand.any() else None

    def __len__(self) -> int:
        return len(self.motion.closure)

    def displacement(self, index: int) -> np.ndarray:
        """Where the nodes of the grid go, in px, and the change of brightness, shape (3, rows, columns).

        The displacement is that of the point which arrives at a node, found by iteration.
        """
        motion = self.motion
        grid = np.tensordot(motion.face[index], self._basis, axes=1)
        for choice, course in motion.morphs:
            morph = self._morphs[int(choice * len(self._morphs))]
            grid[:2] += self._share(morph, course, index) * morph.field
        turn, shift = self._pose(index)
        turn = turn - np.eye(3)
        moved = np.tensordot(turn[:2], self._shape, axes=1)
        moved[0] += shift[0]
        moved[1] += shift[1]
        grid[:2] += moved * self._weight
        np.clip(grid[2], DARKEST, BRIGHTEST, out=grid[2])
        return arriving(grid.astype(np.float32), GRID_STEP)

    def _pose(self, index: int) -> tuple[np.ndarray, tuple[float, float]]:
        """Rotation with growth about the axis of the head, (3, 3), and shift in px."""
        motion = self.motion
        yaw, pitch, roll = (self._room * a[index] for a in (motion.yaw, motion.pitch, motion.roll))
        turn = _rotation(float(yaw), float(pitch), float(roll)) * (
            1 + self._room * float(motion.scale[index])
        )
        across = self._room * motion.across[index] * self.still.iod
        return turn, (across, self._room * motion.down[index] * self.still.iod)

    def _projection(self, index: int) -> Projection:
        """Where points of the head at rest are in a frame."""
        turn, shift = self._pose(index)
        pivot = _pivot(self.still)
        return lambda points: (points - pivot) @ turn[:2].T + pivot[:2] + shift

    def frame(self, index: int) -> np.ndarray:
        """Draw a frame: grey (height, width) or BGR (height, width, 3), uint8."""
        size = self._x.shape[::-1]
        planes = self.displacement(index)
        right, down, gain = (cv2.resize(plane, size, interpolation=cv2.INTER_LINEAR) for plane in planes)
        source = self._source(index)
        light: np.ndarray = cv2.remap(
            source, self._x - right, self._y - down, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
        )
        gain = (gain + 1.0) * self._sensor.gains[index]
        light = np.multiply(light, gain if light.ndim == 2 else gain[..., None])
        for thing in self._worn:
            thing.draw(light, index, self._projection(index))
        if self._hand is not None and self.motion.hand[index] > 0:
            self._hand.draw(light, float(self.motion.hand[index]))
        return self._sensor.expose(light, index)

    @staticmethod
    def _share(morph: Morph, course: np.ndarray, index: int) -> float:
        """Amplitude of a morph in a frame; the course is scaled so that it never passes the other still."""
        return float(course[index] * min(1.0, morph.change / max(float(course.max()), 1e-9)))

    def _source(self, index: int) -> np.ndarray:
        source = self._lids[round(float(self.motion.closure[index]) * (_LID_LEVELS - 1))]
        opening = float(self.motion.opening[index])
        if self._mouths is not None and opening > 0:
            place = opening / WIDEST * (_MOUTH_LEVELS - 1)
            low = min(int(place), _MOUTH_LEVELS - 2)
            share = place - low
            source = source.copy()
            source[self._mouth_top :] = cv2.addWeighted(
                self._mouths[low], 1 - share, self._mouths[low + 1], share, 0
            )
        for choice, course in self.motion.morphs:
            if course[index] > 0:
                morph = self._morphs[int(choice * len(self._morphs))]
                texture = self._share(morph, course, index) * morph.texture
                source = source + (texture if source.ndim == 2 else texture[..., None])
        return np.asarray(source, dtype=np.float32)


def _face_basis(still: Still, points: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Displacement and brightness for a coefficient of 1, shape (len(COLUMNS), 3, rows, columns)."""
    basis = []
    for unit in ACTION_UNITS:
        for side in SIDES:
            field = action_unit_field(still.landmarks, points, unit, (side,)) * weight[..., None]
            squeezed = np.gradient(field[..., 0], GRID_STEP, axis=1) + np.gradient(
                field[..., 1], GRID_STEP, axis=0
            )
            basis.append(np.concatenate([field, FOLD_SHADING * squeezed[..., None]], axis=-1))
    _, across, towards_chin, iod = face_axes(still.landmarks)
    eyes = [still.landmarks[list(eye), :2].mean(0) for eye in _EYES]
    near = sum(np.exp(-0.5 * ((points - eye) ** 2).sum(-1) / (0.1 * iod) ** 2) for eye in eyes)
    for direction in (across, towards_chin):
        field = np.asarray(near)[..., None] * direction * iod
        basis.append(np.concatenate([field, np.zeros_like(field[..., :1])], axis=-1))
    return np.ascontiguousarray(np.stack(basis).transpose(0, 3, 1, 2), dtype=np.float32)


def _head_shape(still: Still, points: np.ndarray) -> np.ndarray:
    """Place of the skin from the axis of the head: x, y, depth (away from the camera), (3, rows, columns)."""
    landmarks = still.landmarks
    pivot = _pivot(still)
    depth = (landmarks[:, 2] - pivot[2])[:, None]
    depth = spread_over_grid(landmarks[:, :2], depth, points, 0.15 * still.iod)[..., 0]
    return np.stack([points[..., 0] - pivot[0], points[..., 1] - pivot[1], depth])


def _pivot(still: Still) -> np.ndarray:
    """Point that the head turns about, between the ears and the neck, (3,) px."""
    ears = still.landmarks[list(_EARS)].mean(0)
    return np.array([*((ears[:2] + still.landmarks[_NECK, :2]) / 2), ears[2]])


def _rotation(yaw: float, pitch: float, roll: float) -> np.ndarray:
    (cy, sy), (cp, sp), (cr, sr) = ((np.cos(a), np.sin(a)) for a in (yaw, pitch, roll))
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_x = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
    about_z = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
    return about_z @ about_x @ about_y
