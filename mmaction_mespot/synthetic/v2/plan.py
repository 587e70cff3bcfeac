"""Plans of `synthme-v2`: people, cameras, labelled events and distractors of every video.

Everything is decided by (seed, part, person, video) alone: a shorter drawing is a prefix of a longer one.
"""

from __future__ import annotations

import zlib
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from mmaction_mespot.synthetic.action_units import EXPRESSIONS
from mmaction_mespot.synthetic.camera import Camera
from mmaction_mespot.synthetic.draws import shape_numbers
from mmaction_mespot.synthetic.event import Event

JAW = 26
"""Number of the action unit that opens the mouth; its amplitude is the height of the gap."""
# The skin around a landmark can move this far, in inter-ocular distances; what goes beyond is the jaw.
SKIN_REACH = 0.16
SECONDS = 45.0


@dataclass(frozen=True)
class FilmCamera(Camera):
    """A camera that records H.264.

    Args:
        crf: Constant rate factor of x264: larger is smaller and worse.
        gop: Frames between two key frames.
        exposure_steps: Steps of the automatic exposure per minute.
        drops: Share of frames that are lost and replaced by the frame before.
        denoise: Grey levels below which a change is taken for noise and the old frame kept; 0 is off.
    """

    crf: int = 20
    gop: int = 60
    exposure_steps: float = 0.0
    drops: float = 0.0
    denoise: float = 0.0


CAMERAS = (
    FilmCamera(400, 480, 30, noise=2.0, crf=20),
    FilmCamera(320, 384, 30, noise=2.5, crf=23, exposure_steps=2.0),
    FilmCamera(320, 384, 25, noise=3.0, crf=27, gop=12, flicker=0.012, exposure=0.015),
    FilmCamera(320, 384, 25, noise=1.5, crf=30, gop=50, denoise=2.0),
    FilmCamera(288, 344, 30, noise=3.5, crf=26, exposure_steps=4.0, drops=0.01),
    FilmCamera(320, 384, 15, noise=3.0, crf=25, drops=0.02, blur=0.7),
    FilmCamera(320, 384, 50, noise=2.5, crf=23, flicker=0.008),
    FilmCamera(320, 384, 60, noise=2.5, crf=24, flicker=0.008),
    FilmCamera(240, 288, 200, noise=2.5, crf=20, gop=200, flicker=0.01),
)
LARGE = (640, 768)
"""Width and height in px of films of large faces."""
_CAMERA_SHARES = (0.2, 0.2, 0.18, 0.12, 0.12, 0.05, 0.06, 0.05, 0.02)


@dataclass(frozen=True)
class Part:
    """Setting of a part.

    Args:
        mae: Macro-expressions per minute.
        me: Micro-expressions per minute.
        minutes: Default length of train, val and test.
        blinks: Blinks per minute.
        talk: Stretches of speech per minute, 2 to 10 s each.
        chew: Stretches of chewing per minute.
        gaze: Shifts of the gaze per minute.
        head: Nods, shakes, turns and leanings per minute.
        hands: Hands in front of the lower face per minute.
        rest: Least time between two expressions, seconds.
        smallest: Least amplitude of a macro-expression, inter-ocular distances.
        morph: Whether the expressions are morphs between two stills.
        face: Whether there is a face.
        glasses: Share of the films in which glasses are worn.
        hair: Share of the films in which strands of hair hang into the face.
        large: Share of the films at 30 fps that are recorded at 640 x 768 px; not of the small ORL stills.
        livelier: MaE and ME per minute, and a factor on the length of MaE, of everybody's second, fourth, ...
            film; None for the same in all films.
        footage: Whether real clips are drawn into, see `carrier_plan`; the other rates do not count then.
    """

    mae: float
    me: float
    minutes: tuple[float, float, float]
    blinks: float = 16.0
    talk: float = 0.0
    chew: float = 0.0
    gaze: float = 4.0
    head: float = 0.7
    hands: float = 0.1
    rest: float = 0.2
    smallest: float = 0.02
    morph: bool = False
    face: bool = True
    glasses: float = 0.2
    hair: float = 0.2
    large: float = 0.15
    livelier: tuple[float, float, float] | None = None
    footage: bool = False


PARTS = {
    'dense': Part(7, 7, (120, 25, 0), talk=0.5, chew=0.2, gaze=6, head=2.0, hands=0.3),
    'natural': Part(
        2.15, 0.4, (30, 25, 60), talk=0.15, chew=0.1, head=1.0, hands=0.2, livelier=(3.9, 1.8, 1.3)
    ),
    'calm': Part(0, 0, (15, 15, 30), head=0.3, hands=0.0),
    'talk': Part(0, 0, (15, 10, 15), talk=5.0, chew=0.5, head=2.0, hands=0.3),
    'motion': Part(0, 0, (15, 10, 15), talk=0.2, gaze=10, head=10.0, hands=1.0),
    'morph': Part(6, 4, (20, 10, 15), head=1.0, morph=True),
    'lively': Part(45, 3, (20, 5, 10), talk=1.0, gaze=8, head=4.0, hands=0.2, rest=0.03, smallest=0.05),
    'lively-morph': Part(30, 3, (10, 3, 5), gaze=6, head=4.0, rest=0.03, smallest=0.05, morph=True),
    'carrier': Part(9, 7, (12, 4, 6), footage=True),
    'none': Part(0, 0, (3, 3, 10), blinks=0, gaze=0, head=0, hands=0, face=False),
}
"""Parts by name; rates per minute. `natural` has those of CAS(ME)^2 (3.1 MaE and 0.58 ME in 86 s) and, in
every other film of a person, those of SAMM Long Videos (343 MaE and 159 ME in 147 videos of 36 s). Large
expressions follow each other at once in lively parts; what does not fit between others is dropped."""

_KINDS_OF_MOTION = ('nod', 'shake', 'turn', 'lean')


@dataclass(frozen=True)
class FilmPlan:
    """Plan of one video.

    Args:
        part: Key of `PARTS`.
        split: `train`, `val` or `test`.
        subject: Name of the person.
        index: 0-based number of the video of this person.
        camera: The camera.
        total_frames: Number of frames.
        seed: Seed of the continuous motion and of the sensor.
        events: Everything that happens, in order of the start.
        glasses: Whether glasses are worn.
        hair: Whether strands of hair hang into the face.
    """

    part: str
    split: str
    subject: str
    index: int
    camera: FilmCamera
    total_frames: int
    seed: int
    events: tuple[Event, ...]
    glasses: bool = False
    hair: bool = False

    @property
    def file(self) -> str:
        """Path of the video below the root of the part."""
        return f'videos/{self.subject}_{self.index:02d}.mp4'

    @property
    def video_id(self) -> str:
        """Id that the reader of own videos gives it."""
        return f'videos_{self.subject}_{self.index:02d}'

    def as_dict(self) -> dict[str, Any]:
        """The plan as plain JSON data."""
        data = asdict(self)
        data['events'] = [event.as_dict() for event in self.events]
        # What is not worn is not told: such films stay as they were drawn before there were glasses.
        for name in ('glasses', 'hair'):
            if not data[name]:
                del data[name]
        return {'video_id': self.video_id, 'frame_dir': self.file, **data}


def plan_film(part_name: str, split: str, subject: str, index: int, seed: int = 0) -> FilmPlan:
    """Plan of one video; its random numbers depend on (seed, part, person, index) only."""
    rng = np.random.default_rng(
        [seed, 2, zlib.crc32(part_name.encode()), zlib.crc32(subject.encode()), index]
    )
    part = PARTS[part_name]
    camera = CAMERAS[int(rng.choice(len(CAMERAS), p=_CAMERA_SHARES))]
    total = round(SECONDS * camera.fps)
    looks = np.random.default_rng(
        [seed, 6, zlib.crc32(part_name.encode()), zlib.crc32(subject.encode()), index]
    )
    glasses, hair, large = (looks.random(3) < (part.glasses, part.hair, part.large)).tolist()
    if large and camera.fps == 30 and not subject.startswith('orl'):
        camera = replace(camera, width=LARGE[0], height=LARGE[1])
    mae, me, stretch = part.livelier if part.livelier and index % 2 else (part.mae, part.me, 1.0)
    expressions = _expressions(rng, part, (mae, me), camera.fps, total, stretch)
    events = expressions + _distractors(rng, part, camera.fps, total, expressions)
    return FilmPlan(
        part_name,
        split,
        subject,
        index,
        camera,
        total,
        int(rng.integers(2**31)),
        tuple(sorted(events, key=lambda event: (event.start, event.kind))),
        glasses and part.face,
        hair and part.face,
    )


def _log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    return round(float(np.exp(rng.uniform(np.log(low), np.log(high)))), 6)


def _expressions(
    rng: np.random.Generator,
    part: Part,
    rates: tuple[float, float],
    fps: int,
    total: int,
    stretch: float,
) -> list[Event]:
    """Labelled events. Some are repeated at once, and different ones may overlap; equal kinds do not."""
    minutes = total / fps / 60
    events: list[Event] = []
    for kind, rate in zip(('MaE', 'ME'), rates, strict=True):
        for _ in range(int(rng.poisson(rate * minutes))):
            event = sample_expression(
                rng, kind, fps, total, part.morph, smallest=part.smallest, stretch=stretch
            )
            rest = part.rest * fps
            clashes = [o for o in events if o.start < event.end + rest and event.start < o.end + rest]
            rides = kind == 'ME' and len(clashes) == 1 and not part.morph and rng.random() < 0.3
            if not clashes or rides:
                events.append(event)
    return events


def sample_expression(
    rng: np.random.Generator,
    kind: str,
    fps: int,
    total: int,
    morph: bool = False,
    largest: float = 0.4,
    smallest: float = 0.02,
    stretch: float = 1.0,
) -> Event:
    """Sample a labelled event.

    Args:
        rng: Source of the numbers.
        kind: `MaE` or `ME`.
        fps: Frames per second.
        total: Length of the film in frames.
        morph: Whether it is a morph, which has no action units. Defaults to False.
        largest: Largest amplitude of an MaE in inter-ocular distances. Defaults to 0.4.
        smallest: Smallest one. Defaults to 0.02.
        stretch: Factor on the length of an MaE. Defaults to 1.
    """
    if kind == 'ME':
        length_s = float(rng.uniform(0.17, 0.5))
        amplitude = _log_uniform(rng, 0.005, 0.03)
        shares = (float(rng.uniform(0.3, 0.45)), float(rng.uniform(0.05, 0.25)))
    else:
        length_s = float(np.clip(1.1 * stretch * np.exp(0.6 * rng.standard_normal()), 0.55, 5.5))
        amplitude = _log_uniform(rng, smallest, largest)
        onset_s = min(float(rng.uniform(0.15, 0.6)), 0.4 * length_s)
        shares = (
            onset_s / length_s,
            float(rng.uniform(0.2, 0.5)) if length_s < 2 else float(rng.uniform(0.5, 0.75)),
        )
    length = max(3, round(length_s * fps))
    start = int(rng.integers(1, total - length - 1))
    apex = start + max(1, round(shares[0] * length))
    hold_end = min(apex + round(shares[1] * length), start + length - 1)
    emotion = str(rng.choice(sorted(EXPRESSIONS)))
    units = EXPRESSIONS[emotion][int(rng.integers(len(EXPRESSIONS[emotion])))]
    weaker = 0.0 if rng.random() < 0.15 else round(float(rng.uniform(0.6, 1.0)), 6)
    sides = (1.0, weaker) if rng.random() < 0.5 else (weaker, 1.0)
    if amplitude > SKIN_REACH:
        units = (12, 10) if emotion == 'happiness' else (1, 2)
    skin = min(1.0, SKIN_REACH / amplitude)
    actions: list[tuple[int, float, float]] = []
    for i, unit in enumerate(units):
        left, right = (round(side * skin * (1.0 if i == 0 else 0.7), 6) for side in sides)
        actions.append((unit, left, right))
    opens = amplitude > SKIN_REACH or (kind == 'MaE' and rng.random() < 0.25)
    if opens:
        actions.append((JAW, 1.0, 1.0))
    end = start + length
    spread = 0.6 if kind == 'ME' else 1.5
    onset = max(0, start + round(spread * fps / 30 * float(rng.standard_normal())))
    offset = min(total - 1, max(onset + 2, end - 1 + round(spread * fps / 30 * float(rng.standard_normal()))))
    if kind == 'ME':
        offset = min(offset, onset + max(2, int(0.5 * fps) - 1))
    label = (onset, min(max(apex, onset + 1), offset - 1), offset)
    chosen = () if morph else tuple(actions)
    return Event(kind, start, apex, hold_end, end, amplitude, chosen, shape_numbers(rng, 4), emotion, label)


def _distractors(
    rng: np.random.Generator, part: Part, fps: int, total: int, expressions: list[Event]
) -> list[Event]:
    minutes = total / fps / 60
    events: list[Event] = []

    def add(kind: str, start_s: float, length_s: float, amplitude: float, hold: float = 0.0) -> None:
        start, length = max(1, round(start_s * fps)), max(3, round(length_s * fps))
        if start + length < total:
            apex = start + max(1, round((1 - hold) / 2 * length))
            hold_end = max(apex, start + round((1 + hold) / 2 * length))
            event = Event(
                kind, start, apex, hold_end, start + length, round(amplitude, 6), shape=shape_numbers(rng, 4)
            )
            events.append(event)

    time_s = float(rng.exponential(60 / part.blinks)) if part.blinks else total / fps
    while time_s < total / fps:
        burst = int(rng.integers(2, 5)) if rng.random() < 0.15 else 1
        for _ in range(burst):
            add('blink', time_s, float(rng.uniform(0.2, 0.4)), float(rng.uniform(0.85, 1.0)), 0.15)
            time_s += 0.45
        time_s += float(rng.exponential(60 / part.blinks))
    kinds = [('speech', part.talk), ('chew', part.chew), ('gaze', part.gaze), ('hand', part.hands)]
    kinds += [(kind, part.head / len(_KINDS_OF_MOTION)) for kind in _KINDS_OF_MOTION]
    for kind, rate in kinds:
        for _ in range(int(rng.poisson(rate * minutes))):
            low, high, weakest, strongest, hold = {
                'speech': (2, 10, 0.06, 0.2, 0.9),
                'chew': (3, 10, 0.03, 0.1, 0.9),
                'gaze': (0.5, 3, 0.03, 0.08, 0.8),
                'hand': (1, 4, 0.5, 1.0, 0.5),
                'nod': (0.8, 2.5, 4, 14, 0.6),
                'shake': (0.8, 2.5, 4, 16, 0.6),
                'turn': (1.5, 5, 6, 25, 0.4),
                'lean': (2, 6, 0.04, 0.2, 0.4),
            }[kind]
            length_s = float(rng.uniform(low, high))
            start_s = float(rng.uniform(0.1, total / fps - length_s - 0.1))
            add(kind, start_s, length_s, _log_uniform(rng, weakest, strongest), hold)
    return events
