"""Plans of the part `carrier`: a stretch of a real clip that plays forwards and backwards, and its events."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.synthetic.event import Event
from mmaction_mespot.synthetic.v2.carrier_clip import CarrierClip, find_clips, track_clip
from mmaction_mespot.synthetic.v2.plan import JAW, PARTS, SKIN_REACH, FilmCamera, FilmPlan, sample_expression

Carrier = tuple[CarrierClip, list[tuple[int, int]]]
"""A clip and the stretches of it that can carry events."""
SECONDS = 20.0
_TRIES = 12
_LARGEST_SIDE, _LARGEST_IOD = 640, 120.0
# The mouth is drawn open only where it is shut and the head upright and frontal enough.
_SHUT, _UPRIGHT_DEG, _FRONTAL_DEG = 0.05, 14.0, 28.0
# An expression stands out against what the face does by itself; a micro-expression needs a quiet face.
_QUIET_FOR_ME = 0.05
_GAP_S = 0.25
_BROWS = (1, 2, 4)
# Lips that are pressed and lids that tighten move less far than the skin of the cheeks.
_REACH = {7: 0.06, 9: 0.12, 10: 0.12, 17: 0.12, 24: 0.05}


@dataclass(frozen=True)
class CarrierPlan(FilmPlan):
    """Plan of a film made of a real clip.

    Args:
        clip: Name of the clip's file.
        stretch: Its frames that play, half-open.
        first: Where in the loop (forwards, then backwards) the film begins.
        mirrored: Whether left and right are swapped.
        scale: Factor on the size of the clip's picture.
        corner: Left and top of the frame in the scaled picture, px.
    """

    clip: str = ''
    stretch: tuple[int, int] = (0, 1)
    first: int = 0
    mirrored: bool = False
    scale: float = 1.0
    corner: tuple[int, int] = (0, 0)

    def source_frames(self) -> np.ndarray:
        """Frame of the clip that each frame of the film shows, shape (total_frames,)."""
        start, end = self.stretch
        turn = max(end - start - 1, 1)
        phase = (self.first + np.arange(self.total_frames)) % (2 * turn)
        return start + np.where(phase <= turn, phase, 2 * turn - phase)


def plan_carrier(
    split: str,
    subject: str,
    index: int,
    clips: list[Carrier],
    seed: int = 0,
) -> CarrierPlan:
    """Plan of one film.

    Args:
        split: `train`, `val` or `test`.
        subject: Name of the person.
        index: 0-based number of the film of this person.
        clips: The person's clips, each with the stretches that can carry events; at least one stretch.
        seed: Seed.
    """
    rng = np.random.default_rng([seed, 3, zlib.crc32(subject.encode()), index])
    clip, stretch = _choose(rng, clips)
    fps = _played_at(rng, clip.fps)
    total = round(SECONDS * fps)
    start, end = stretch
    scale = min(1.0, _LARGEST_IOD / clip.iod)
    width, height, corner = _window(clip, stretch, scale)
    camera = FilmCamera(
        width,
        height,
        fps,
        noise=0.0,
        crf=int(rng.integers(17, 30)),
        gop=int(rng.choice([12, 30, 60, 250])),
        exposure_steps=float(rng.choice([0.0, 0.0, 3.0])),
        drops=float(rng.choice([0.0, 0.0, 0.01])),
        denoise=float(rng.choice([0.0, 0.0, 0.0, 2.0])),
    )
    plan = CarrierPlan(
        part='carrier',
        split=split,
        subject=subject,
        index=index,
        camera=camera,
        total_frames=total,
        seed=int(rng.integers(2**31)),
        events=(),
        clip=clip.path.name,
        stretch=stretch,
        first=int(rng.integers(2 * max(end - start - 1, 1))),
        mirrored=bool(rng.random() < 0.5),
        scale=round(scale, 6),
        corner=corner,
    )
    events = _events(rng, plan, clip)
    return replace(plan, events=tuple(sorted(events, key=lambda event: (event.start, event.kind))))


def find_carriers(
    folder: Path, cache: Path, known: Mapping[str, tuple[tuple[int, int], ...] | None]
) -> tuple[dict[str, list[Carrier]], list[str]]:
    """Clips that can carry events, by person.

    Args:
        folder: See `find_clips`.
        cache: Folder of tracks, see `track_clip`.
        known: Expressions that are known, see `read_known_events`.

    Returns:
        The people, and a line for each clip that can't carry anything.

    Raises:
        MESpotError: If too few people are left for train, val and test.
    """
    people: dict[str, list[Carrier]] = {}
    notes = []
    for name, paths in find_clips(folder).items():
        for path in paths:
            labelled = known.get(path.stem, ())
            if labelled is None:
                notes.append(f'{path}: its expressions are not known: left out')
                continue
            clip = track_clip(path, cache)
            if stretches := clip.stretches(labelled):
                people.setdefault(name, []).append((clip, stretches))
            else:
                notes.append(f'{path}: no 1.5 s with a face that makes no expression of its own: left out')
    if len(people) < 3:
        raise MESpotError(f'{folder}: clips of {len(people)} people can carry events, expected at least 3.')
    return people, notes


def _choose(rng: np.random.Generator, clips: list[Carrier]) -> tuple[CarrierClip, tuple[int, int]]:
    """A stretch, the longer the likelier; of a long one the film plays a part."""
    places = [(clip, stretch) for clip, stretches in clips for stretch in stretches]
    lengths = np.array([end - start for _, (start, end) in places], dtype=float)
    clip, (start, end) = places[int(rng.choice(len(places), p=lengths / lengths.sum()))]
    longest = round(SECONDS * clip.fps)
    if end - start > longest:
        start += int(rng.integers(end - start - longest))
        end = start + longest
    return clip, (start, end)


def _played_at(rng: np.random.Generator, fps: float) -> int:
    """Frames per second of the film: the clip's, or a little slower or faster, as a stretch of its time."""
    own = round(fps)
    return int(rng.choice([own, own, 25, 30])) if 20 <= own <= 36 else own


def _window(clip: CarrierClip, stretch: tuple[int, int], scale: float) -> tuple[int, int, tuple[int, int]]:
    """Width, height and corner of the frame in the scaled picture: around the way of the face."""
    size = [int(side * scale) for side in clip.size]
    wanted = [min(side, _LARGEST_SIDE) // 8 * 8 for side in size]
    way = clip.landmarks[slice(*stretch), :, :2].reshape(-1, 2) * scale
    middle = (way.min(0) + way.max(0)) / 2
    corner = [
        int(np.clip(m - w / 2, 0, s - w)) for m, w, s in zip(middle.tolist(), wanted, size, strict=True)
    ]
    return wanted[0], wanted[1], (corner[0], corner[1])


def _events(rng: np.random.Generator, plan: CarrierPlan, clip: CarrierClip) -> list[Event]:
    fps, total = plan.camera.fps, plan.total_frames
    source = plan.source_frames()
    activity, gap = clip.activity[source], clip.gap[source]
    roll, yaw = (angle[source] for angle in head_angles(clip.landmarks))
    drawable = (gap < _SHUT) & (np.abs(roll) < _UPRIGHT_DEG) & (np.abs(yaw) < _FRONTAL_DEG)
    events: list[Event] = []
    for kind, rate in (('MaE', PARTS['carrier'].mae), ('ME', PARTS['carrier'].me)):
        for _ in range(int(rng.poisson(rate * total / fps / 60))):
            for attempt in range(_TRIES):
                largest = 0.4 if attempt < _TRIES // 3 else SKIN_REACH
                event = sample_expression(rng, kind, fps, total, largest=largest)
                during = slice(event.start, event.end)
                if event.amplitude > SKIN_REACH and not drawable[during].all():
                    continue
                event = _within_reach(event, bool(drawable[during].all()))
                clash = any(
                    o.start < event.end + _GAP_S * fps and event.start < o.end + _GAP_S * fps for o in events
                )
                own = max(activity[during, int(unit not in _BROWS)].max() for unit, _, _ in event.actions)
                if not clash and own < (_QUIET_FOR_ME if kind == 'ME' else event.amplitude):
                    events.append(event)
                    break
    return events


def _within_reach(event: Event, mouth: bool) -> Event:
    """The event as large as its action units can be, without a drawn mouth where there can be none."""
    actions = tuple(action for action in event.actions if mouth or action[0] != JAW)
    if any(unit == JAW for unit, _, _ in actions):
        return event
    reach = min(_REACH.get(unit, SKIN_REACH) for unit, _, _ in actions)
    largest = event.amplitude * max(max(left, right) for _, left, right in actions)
    amplitude = round(min(largest, reach), 6)
    factor = event.amplitude / largest
    scaled = tuple((u, round(min(le * factor, 1), 6), round(min(ri * factor, 1), 6)) for u, le, ri in actions)
    return replace(event, amplitude=amplitude, actions=scaled)


def head_angles(landmarks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Roll and yaw of the head in degrees, each of shape (n,), of meshes (n, 468, 3)."""
    across = landmarks[:, [263, 362]].mean(1) - landmarks[:, [33, 133]].mean(1)
    roll = np.degrees(np.arctan2(across[:, 1], across[:, 0]))
    yaw = np.degrees(np.arctan2(across[:, 2], np.hypot(across[:, 0], across[:, 1])))
    return roll, yaw
