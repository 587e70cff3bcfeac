"""What is made: the sizes of the data set and the settings of its parts.

The numbers follow measurements on CAS(ME)^2 and SAMM Long Videos; amplitudes are medians of log-normal
distributions in units of the inter-ocular distance.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from mmaction_mespot.synthetic.camera import Camera

PARTS = ('normal', 'hard', 'shift')
"""`normal`: the setting of training; `hard`: weaker expressions under worse conditions; `shift`: expressions
that are morphs between two stills of a person instead of action units."""


@dataclass(frozen=True)
class PartRecipe:
    """Setting of one part of the data set.

    Args:
        name: One of `PARTS`.
        mae_amplitude: Median peak displacement of a macro-expression, in inter-ocular distances.
        me_amplitude: The same of a micro-expression.
        blinks: Blinks per minute.
        swallows: Swallows per minute.
        head_shifts: Changes of the head's pose a minute.
        speech: Bursts of speech per minute.
        head_scale: Factor on every motion of the head (1 is the lab's seated subject).
        drift: Standard deviation of the tonic drift of the face, in inter-ocular distances.
        cameras: The cameras, one drawn for each video.
        morph: Whether expressions are morphs between two stills.
    """

    name: str
    mae_amplitude: float = 0.036
    me_amplitude: float = 0.013
    blinks: float = 14.0
    swallows: float = 1.5
    head_shifts: float = 4.0
    speech: float = 0.0
    head_scale: float = 1.0
    drift: float = 0.0015
    cameras: tuple[Camera, ...] = (Camera(),)
    morph: bool = False


@dataclass(frozen=True)
class SizeRecipe:
    """Size of a data set.

    Args:
        name: `tiny`, `quick` or `standard`.
        people: Number of people of train, val and test.
        videos: Videos per person of train, val and test.
        seconds: Length of a video.
        me_count: Smallest and largest number of micro-expressions of a video.
        mae_count: The same of macro-expressions.
        parts: Parts that are made when none are asked for.
        max_side: Longest side of a frame in px; larger cameras are scaled down.
    """

    name: str
    people: tuple[int, int, int]
    videos: tuple[int, int, int]
    seconds: float
    me_count: tuple[int, int]
    mae_count: tuple[int, int]
    parts: tuple[str, ...]
    max_side: int = 10_000


HARD_CAMERAS = (
    Camera(width=200, height=240, fps=25, noise=3.0, flicker=0.012, exposure=0.015, quality=75),
    Camera(width=240, height=288, fps=30, noise=4.0, flicker=0.010, exposure=0.020, quality=70),
    Camera(width=272, height=328, fps=30, noise=3.5, flicker=0.008, exposure=0.015, blur=1.0, quality=80),
    Camera(width=240, height=288, fps=50, noise=3.5, flicker=0.006, exposure=0.015, quality=75),
    Camera(width=176, height=208, fps=30, noise=2.5, flicker=0.008, exposure=0.020, quality=85),
)

PART_RECIPES = {
    'normal': PartRecipe('normal'),
    'hard': PartRecipe(
        'hard',
        mae_amplitude=0.031,
        me_amplitude=0.0115,
        blinks=18.0,
        swallows=3.0,
        head_shifts=7.0,
        speech=1.5,
        head_scale=1.5,
        drift=0.0025,
        cameras=HARD_CAMERAS,
    ),
    'shift': PartRecipe('shift', morph=True),
}

SIZES = {
    'tiny': SizeRecipe('tiny', (1, 1, 1), (1, 1, 1), 7.5, (2, 2), (1, 2), ('normal',), max_side=144),
    'quick': SizeRecipe('quick', (10, 2, 3), (2, 3, 2), 21.0, (2, 4), (2, 2), ('normal',)),
    'standard': SizeRecipe('standard', (24, 6, 10), (2, 3, 2), 36.0, (3, 5), (2, 4), PARTS),
}


def fit_camera(camera: Camera, max_side: int) -> Camera:
    """Scale a camera down so that no side exceeds `max_side` px; sides stay multiples of 8."""
    scale = min(1.0, max_side / max(camera.width, camera.height))
    if scale == 1.0:
        return camera
    width, height = (max(8, round(side * scale / 8) * 8) for side in (camera.width, camera.height))
    return replace(camera, width=width, height=height)
