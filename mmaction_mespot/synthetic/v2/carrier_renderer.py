"""Draws expressions into real footage: each frame is warped by its own mesh, in the pose of its own head."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from mmaction_mespot.preprocessing.video import open_video_source
from mmaction_mespot.synthetic.action_units import action_unit_field
from mmaction_mespot.synthetic.event import Event
from mmaction_mespot.synthetic.motion import event_profile
from mmaction_mespot.synthetic.mouth import open_mouth_by
from mmaction_mespot.synthetic.still import Still
from mmaction_mespot.synthetic.v2.carrier_clip import CarrierClip
from mmaction_mespot.synthetic.v2.carrier_plan import CarrierPlan
from mmaction_mespot.synthetic.v2.plan import JAW
from mmaction_mespot.synthetic.v2.warp import BRIGHTEST, DARKEST, FOLD_SHADING, arriving

_STEP = 6
_EYES = ((33, 133), (362, 263))
_FOREHEAD, _UNDER_NOSE = 10, 2
# How far around the mesh the picture moves along, in inter-ocular distances.
_WHOLE_OUTSIDE, _NOTHING_OUTSIDE = 0.08, 0.5
_MARGIN, _ROOM_BELOW = 0.75, 0.6
_WIDEST_MOUTH = 0.42
# Nodes in the plane of the face, in inter-ocular distances from the point between the eyes.
_PLANE_STEP = 0.05
_PLANE = np.stack(np.meshgrid(np.arange(-1.6, 1.6, _PLANE_STEP), np.arange(-1.4, 2.4, _PLANE_STEP)), axis=-1)


class CarrierRenderer:
    """Frames of one film.

    Args:
        plan: Its plan.
        clip: The clip that it is made of.
    """

    def __init__(self, plan: CarrierPlan, clip: CarrierClip) -> None:
        self._plan = plan
        self._source = plan.source_frames()
        self._events = [event for event in plan.events if event.actions]
        frames = np.arange(plan.total_frames)
        self._courses = [event.amplitude * event_profile(event, frames) for event in self._events]
        start, end = plan.stretch
        self._first = start
        self._pictures = [self._framed(image) for image in _read(clip.path, start, end)]
        self._meshes = clip.landmarks[start:end] * plan.scale
        self._meshes[:, :, :2] += (plan.scale - 1) / 2 - np.array(plan.corner)

    def __len__(self) -> int:
        return self._plan.total_frames

    def _framed(self, image: np.ndarray) -> np.ndarray:
        plan = self._plan
        if plan.scale < 1:
            image = cv2.resize(image, None, fx=plan.scale, fy=plan.scale, interpolation=cv2.INTER_AREA)
        left, top = plan.corner
        return np.ascontiguousarray(
            image[top : top + plan.camera.height, left : left + plan.camera.width, ::-1]
        )

    def frame(self, index: int) -> np.ndarray:
        """Draw a frame, BGR (height, width, 3), uint8."""
        at = int(self._source[index]) - self._first
        picture, mesh = self._pictures[at], self._meshes[at]
        acting = [
            (event, float(course[index]))
            for event, course in zip(self._events, self._courses, strict=True)
            if course[index] > 0
        ]
        if acting:
            picture = express(picture, mesh, acting)
        return np.ascontiguousarray(picture[:, ::-1]) if self._plan.mirrored else picture


def _read(path: Path, start: int, end: int) -> list[np.ndarray]:
    pictures = []
    for frame in open_video_source(path):
        if frame.index >= end:
            break
        if frame.index >= start:
            pictures.append(frame.image)
    return pictures


def express(picture: np.ndarray, mesh: np.ndarray, acting: list[tuple[Event, float]]) -> np.ndarray:
    """Let a face make expressions.

    Args:
        picture: BGR (H, W, 3), uint8.
        mesh: Its mesh, shape (468, 3), px.
        acting: Events, each with its displacement of the moment in inter-ocular distances.

    Returns:
        BGR (H, W, 3), uint8.
    """
    axes, between, iod = face_frame(mesh)
    low = mesh[:, :2].min(0) - _MARGIN * iod
    high = mesh[:, :2].max(0) + np.array([_MARGIN, _ROOM_BELOW]) * iod
    rows, columns = picture.shape[:2]
    left, top = np.floor(low).astype(int).clip(0)
    right, bottom = np.ceil(high).astype(int).clip(max=[columns, rows])
    light = picture[top:bottom, left:right].astype(np.float32)
    local = mesh - [left, top, 0]
    opening = sum(course for event, course in acting if any(unit == JAW for unit, _, _ in event.actions))
    if opening > 0:
        still = Still(light, local, 'carrier')
        light = open_mouth_by(still, min(opening, _WIDEST_MOUTH) * iod, teeth=True)
    grid_x, grid_y = (np.arange(0, size + _STEP, _STEP, dtype=np.float64) for size in light.shape[1::-1])
    points = np.stack(np.meshgrid(grid_x, grid_y), axis=-1)
    forward = np.zeros((3, *points.shape[:2]))
    # In the plane of the face the fields are those of a frontal face; the pose brings them into the picture.
    plane, flat = np.linalg.inv(axes), local.copy()
    flat[:, :2] = (local[:, :2] - (between - [left, top])) @ plane.T
    field = np.zeros(_PLANE.shape)
    for event, course in acting:
        for unit, *weights in event.actions:
            for side, weight in zip('LR', weights, strict=True):
                if unit != JAW and weight != 0:
                    field += weight * course * action_unit_field(flat, _PLANE, unit, (side,))
    nodes = ((points - (between - [left, top])) @ plane.T - _PLANE[0, 0]) / _PLANE_STEP
    across, down = np.ascontiguousarray(nodes.transpose(2, 0, 1), dtype=np.float32)
    moved = cv2.remap((field @ axes.T).astype(np.float32), across, down, cv2.INTER_CUBIC)
    forward[:2] = moved.transpose(2, 0, 1)
    forward[:2] *= _reach(local[:, :2], points, iod)
    squeezed = np.gradient(forward[0], _STEP, axis=1) + np.gradient(forward[1], _STEP, axis=0)
    forward[2] = np.clip(FOLD_SHADING * squeezed, DARKEST, BRIGHTEST)
    planes = arriving(forward.astype(np.float32), _STEP)
    y, x = np.mgrid[: light.shape[0], : light.shape[1]].astype(np.float32)
    right_px, down_px, gain = (
        cv2.remap(plane, x / _STEP, y / _STEP, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        for plane in planes
    )
    drawn = cv2.remap(light, x - right_px, y - down_px, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE) * (
        1 + gain[..., None]
    )
    result = picture.copy()
    result[top:bottom, left:right] = np.clip(np.rint(drawn), 0, 255).astype(np.uint8)
    return result


def face_frame(mesh: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """The plane of a face as the camera sees it.

    Args:
        mesh: Shape (468, 3), px.

    Returns:
        The axes of the face's plane as columns (2, 2), across and towards the chin, each as long as an
        inter-ocular distance appears in its direction; the point between the eyes (2,); and the
        inter-ocular distance in px.
    """
    right, left = (mesh[list(eye)].mean(0) for eye in _EYES)
    iod = float(np.linalg.norm(left - right))
    across = (left - right) / iod
    down = mesh[_UNDER_NOSE] - mesh[_FOREHEAD]
    down = down - (down @ across) * across
    down /= np.linalg.norm(down)
    return iod * np.column_stack([across[:2], down[:2]]), (right[:2] + left[:2]) / 2, iod


def _reach(mesh: np.ndarray, points: np.ndarray, iod: float) -> np.ndarray:
    """1 on the face and close to it, 0 away from it, shape of the grid."""
    hull = cv2.convexHull((mesh / _STEP).astype(np.float32)).round().astype(np.int32)
    outside = np.ones(points.shape[:2], np.uint8)
    cv2.fillConvexPoly(outside, hull, 0)
    distance = cv2.distanceTransform(outside, cv2.DIST_L2, 5) * _STEP / iod
    share = np.clip((_NOTHING_OUTSIDE - distance) / (_NOTHING_OUTSIDE - _WHOLE_OUTSIDE), 0, 1)
    return np.asarray(share * share * (3 - 2 * share))
