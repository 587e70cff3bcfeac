"""Films without a face: titles, textures, drawings, rooms, hands, animals, under a camera that drifts."""

from __future__ import annotations

import cv2
import numpy as np

from mmaction_mespot.synthetic.profiles import smooth_noise
from mmaction_mespot.synthetic.sensor import Sensor
from mmaction_mespot.synthetic.v2.hand import paint_hand
from mmaction_mespot.synthetic.v2.plan import FilmPlan

SCENES = ('title', 'texture', 'drawing', 'room', 'hand', 'animal')
_WORDS = ('THE END', 'CHAPTER', 'A FILM BY', 'SUMMER', 'PART', 'NEWS', 'TO BE', 'OCEAN', 'LIGHT', 'MORNING')


class NoFaceRenderer:
    """Frames of a film without a face; the kind of scene follows the number of the video.

    Args:
        plan: Its plan.
    """

    def __init__(self, plan: FilmPlan) -> None:
        camera = plan.camera
        rng = np.random.default_rng([plan.seed, 9])
        self.scene = SCENES[plan.index % len(SCENES)]
        self._size = (camera.width, camera.height)
        self._picture = draw_scene(self.scene, rng, round(1.3 * camera.width), round(1.3 * camera.height))
        self._sensor = Sensor(camera, 3, plan.total_frames, plan.seed)
        count = plan.total_frames
        room = 0.1 * camera.width
        slow = [smooth_noise(rng, count, camera.fps, 0.1) for _ in range(3)]
        shake = [smooth_noise(rng, count, camera.fps, 2.0) for _ in range(2)]
        self._x, self._y = (
            np.clip(0.3 * s * room + 0.4 * t, -room, room) for s, t in zip(slow, shake, strict=False)
        )
        self._zoom = 1 + np.clip(0.02 * slow[2], -0.08, 0.08)

    def frame(self, index: int) -> np.ndarray:
        """Draw a frame, BGR (height, width, 3), uint8."""
        rows, columns = self._picture.shape[:2]
        zoom = float(self._zoom[index])
        matrix = np.array([[zoom, 0, 0], [0, zoom, 0]])
        matrix[:, 2] = np.array(self._size) / 2 - zoom * np.array([columns, rows]) / 2
        matrix[:, 2] += [self._x[index], self._y[index]]
        light = cv2.warpAffine(
            self._picture, matrix, self._size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT
        )
        return self._sensor.expose(light * self._sensor.gains[index], index)


def draw_scene(scene: str, rng: np.random.Generator, width: int, height: int) -> np.ndarray:
    """Draw a picture of a kind of `SCENES`, BGR (height, width, 3), float32."""
    picture = np.empty((height, width, 3), np.float32)
    top, bottom = rng.uniform(40, 230, (2, 3))
    picture[:] = (top + np.linspace(0, 1, height)[:, None] * (bottom - top))[:, None]
    ink = tuple(float(v) for v in rng.uniform(0, 255, 3))
    if scene == 'title':
        for _ in range(int(rng.integers(1, 4))):
            place = (rng.uniform(0.02, 0.3, 1)[0] * width, rng.uniform(0.2, 0.9) * height)
            scale = width / 400 * float(rng.uniform(1.2, 3))
            word = _WORDS[int(rng.integers(len(_WORDS)))]
            written = picture.astype(np.uint8)
            cv2.putText(written, word, (int(place[0]), int(place[1])), int(rng.integers(0, 5)), scale, ink, 4)
            picture[:] = written
    elif scene == 'texture':
        for sigma in (2, 8, 30):
            noise = cv2.GaussianBlur(rng.standard_normal((height, width)).astype(np.float32), (0, 0), sigma)
            picture += (25 * noise / noise.std())[..., None]
    elif scene == 'drawing':
        for _ in range(int(rng.integers(8, 20))):
            colour = tuple(float(v) for v in rng.uniform(0, 255, 3))
            centre = tuple(int(v) for v in rng.uniform(0, 1, 2) * [width, height])
            axes = tuple(int(v) for v in rng.uniform(0.03, 0.3, 2) * width)
            if rng.random() < 0.5:
                cv2.ellipse(
                    picture,
                    centre,
                    axes,
                    float(rng.uniform(0, 180)),
                    0,
                    360,
                    colour,
                    int(rng.choice([-1, 3])),
                )
            else:
                corner = (centre[0] + axes[0], centre[1] + axes[1])
                cv2.rectangle(picture, centre, corner, colour, int(rng.choice([-1, 3])))
    elif scene == 'hand':
        tone = np.array([0.62, 0.75, 1.0]) * rng.uniform(90, 235)
        for _ in range(int(rng.integers(1, 3))):
            at = rng.uniform([0.3, 0.3], [0.7, 0.6]) * [width, height]
            paint_hand(
                picture, at, float(rng.uniform(-0.8, 0.8)), float(rng.uniform(0.15, 0.35) * width), tone
            )
    elif scene == 'animal':
        _paint_animal(picture, rng)
    else:
        floor = int(rng.uniform(0.55, 0.75) * height)
        picture[floor:] *= 0.6
        for _ in range(int(rng.integers(2, 6))):
            colour = tuple(float(v) for v in rng.uniform(20, 220, 3))
            left, up = int(rng.uniform(0, 0.8) * width), int(rng.uniform(0.05, 0.7) * height)
            corner = (left + int(rng.uniform(0.1, 0.35) * width), up + int(rng.uniform(0.1, 0.35) * height))
            cv2.rectangle(picture, (left, up), corner, colour, -1)
            cv2.rectangle(picture, (left, up), corner, (30.0, 30.0, 30.0), 2)
    return np.clip(picture, 0, 255)


def _paint_animal(picture: np.ndarray, rng: np.random.Generator) -> None:
    """Paint the head of a furry animal, in place: ears on top, round eyes far apart, a snout."""
    height, width = picture.shape[:2]
    size = float(rng.uniform(0.16, 0.3)) * width
    centre = rng.uniform([0.4, 0.45], [0.6, 0.6]) * [width, height]
    fur = np.array([0.6, 0.8, 1.0]) * rng.uniform(50, 200)
    mask = np.zeros((height, width), np.uint8)

    def ellipse(at: np.ndarray, axes: tuple[float, float], angle: float = 0.0) -> np.ndarray:
        drawn = np.zeros((height, width), np.uint8)
        whole = (max(1, round(axes[0] * size)), max(1, round(axes[1] * size)))
        place = (centre + at * size).round().astype(int).tolist()
        cv2.ellipse(drawn, place, whole, angle, 0, 360, 255, -1, cv2.LINE_AA)
        return drawn

    ear = rng.uniform(0.3, 0.6), rng.uniform(0.5, 0.9)
    for at, axes, angle in (
        (np.array([0.0, 1.6]), (1.1, 1.2), 0.0),
        (np.array([-0.65, -0.75]), ear, -25.0),
        (np.array([0.65, -0.75]), ear, 25.0),
        (np.zeros(2), (1.0, float(rng.uniform(0.8, 1.1))), 0.0),
    ):
        mask = np.maximum(mask, ellipse(at, axes, angle))
    hairs = cv2.GaussianBlur(rng.standard_normal((height, width)).astype(np.float32), (0, 0), 1.0, sigmaY=4.0)
    coat = fur + (18 * hairs / hairs.std())[..., None]
    alpha = cv2.GaussianBlur(mask, (0, 0), 2.0).astype(np.float32)[..., None] / 255
    picture += alpha * (coat - picture)
    apart = float(rng.uniform(0.4, 0.6))
    parts = [
        (np.array([side * apart, -0.15]), (0.16, 0.18), np.array([20.0, 90.0, 110.0])) for side in (-1, 1)
    ]
    parts += [(np.array([side * apart, -0.15]), (0.08, 0.16), np.zeros(3)) for side in (-1, 1)]
    parts += [
        (np.array([0.0, 0.45]), (0.4, 0.3), np.minimum(1.4 * fur, 250)),
        (np.array([0.0, 0.3]), (0.14, 0.09), 0.2 * fur),
    ]
    for at, axes, tone in parts:
        soft = cv2.GaussianBlur(ellipse(at, axes), (0, 0), 1.0).astype(np.float32)[..., None] / 255
        picture += soft * (tone - picture)
