"""Draws the frames of a video."""

from __future__ import annotations

import cv2
import numpy as np

from mmaction_mespot.synthetic.fields import displacement_basis
from mmaction_mespot.synthetic.lids import close_eyes
from mmaction_mespot.synthetic.morph import Morph, build_morphs
from mmaction_mespot.synthetic.motion import Motion, build_motion
from mmaction_mespot.synthetic.mouth import open_mouth
from mmaction_mespot.synthetic.sensor import Sensor
from mmaction_mespot.synthetic.still import Still, frame_still
from mmaction_mespot.synthetic.stills import PersonStills, read_picture
from mmaction_mespot.synthetic.video_plan import VideoPlan

_LID_LEVELS = 25
_MOUTH_LEVELS = 21


class Renderer:
    """Frames of one video, each by one warp of the still.

    Args:
        plan: Plan of the video.
        stills: Stills of its person.
        noise: Whether the sensor adds noise and changes of the exposure.

    Attributes:
        still: The framed still at rest.
        motion: The motion over the video.
    """

    def __init__(self, plan: VideoPlan, stills: PersonStills, noise: bool = True) -> None:
        camera = plan.camera
        path = stills.resting[plan.index % len(stills.resting)]
        still = frame_still(read_picture(path), str(path), camera.width, camera.height)
        if camera.blur > 0:
            blurred = cv2.GaussianBlur(still.image, (0, 0), camera.blur)
            still = Still(blurred, still.landmarks, still.origin)
        self.still = still
        self.motion: Motion = build_motion(plan)
        self._noise = noise
        channels = 1 if still.image.ndim == 2 else 3
        self._sensor = Sensor(camera, channels, plan.total_frames, plan.seed)
        self._lids = close_eyes(still, _LID_LEVELS)
        self._widest = float(self.motion.opening.max())
        self._mouths = open_mouth(still, _MOUTH_LEVELS, self._widest) if self._widest > 0 else None
        self._mouth_top = int(still.landmarks[2, 1])
        self._morphs = build_morphs(still, stills.others) if self.motion.morphs else []
        self._basis = displacement_basis(still)
        self._y, self._x = np.mgrid[: camera.height, : camera.width].astype(np.float32)

    def __len__(self) -> int:
        return len(self.motion.closure)

    def displacement(self, index: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Displacement of the skin to the right and downwards in px, and relative change of brightness.

        Args:
            index: 0-based frame.

        Returns:
            Three arrays (height, width), float32.
        """
        grid = np.tensordot(self.motion.coefficients[index], self._basis, axes=1)
        for morph, amplitude in self._active_morphs(index):
            grid[:2] += amplitude * morph.field
        size = self._x.shape[::-1]
        right, down, brightness = (cv2.resize(plane, size, interpolation=cv2.INTER_LINEAR) for plane in grid)
        return np.asarray(right), np.asarray(down), np.asarray(brightness)

    def frame(self, index: int) -> np.ndarray:
        """Draw a frame.

        Args:
            index: 0-based frame.

        Returns:
            Grey (height, width) or BGR (height, width, 3), uint8.
        """
        right, down, gain = self.displacement(index)
        light: np.ndarray = np.asarray(
            cv2.remap(
                self._source(index),
                self._x - right,
                self._y - down,
                cv2.INTER_CUBIC,
                borderMode=cv2.BORDER_REPLICATE,
            )
        )
        gain += 1.0
        if self._noise:
            gain *= self._sensor.gains[index]
        light *= gain if light.ndim == 2 else gain[..., None]
        if self._noise:
            return self._sensor.expose(light, index)
        return np.clip(light.round(), 0, 255).astype(np.uint8)

    def _active_morphs(self, index: int) -> list[tuple[Morph, float]]:
        return [
            (self._morphs[int(choice * len(self._morphs))], float(course[index]))
            for choice, course in self.motion.morphs
            if course[index] > 0
        ]

    def _source(self, index: int) -> np.ndarray:
        """The still with its lids, its mouth and its texture as they are in this frame."""
        source = self._lids[round(float(self.motion.closure[index]) * (_LID_LEVELS - 1))]
        if self._mouths is not None and self.motion.opening[index] > 0:
            level = round(float(self.motion.opening[index]) / self._widest * (_MOUTH_LEVELS - 1))
            source = source.copy()
            source[self._mouth_top :] = self._mouths[level][self._mouth_top :]
        for morph, amplitude in self._active_morphs(index):
            texture = amplitude * morph.texture
            source = source + (texture if source.ndim == 2 else texture[..., None])
        return source
