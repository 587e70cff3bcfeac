"""Sampling of the event lists: which expression or distractor happens when, in which video.

Everything here is decided by the seed alone, nothing by pictures: the lists are equal on any machine.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

import numpy as np

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.synthetic.action_units import EXPRESSIONS
from mmaction_mespot.synthetic.camera import Camera
from mmaction_mespot.synthetic.distractors import sample_distractors
from mmaction_mespot.synthetic.draws import lognormal, shape_numbers
from mmaction_mespot.synthetic.event import Event
from mmaction_mespot.synthetic.recipes import PART_RECIPES, PARTS, PartRecipe, SizeRecipe, fit_camera
from mmaction_mespot.synthetic.video_plan import VideoPlan

SPLITS = ('train', 'val', 'test')
VIDEO_CODES = (
    ('0101', 'disgust1', 'disgustingteeth'),
    ('0402', 'anger2', 'brokenphone'),
    ('0502', 'happy1', 'funnyerrors'),
    ('0102', 'disgust2', 'spoiledfood'),
    ('0401', 'anger1', 'queuejumper'),
    ('0503', 'happy2', 'laughingbaby'),
)
"""Codes, names and titles of the videos, in the order in which a person gets them."""

ME_LENGTH_S = (0.30, 0.567)
"""Shortest and longest micro-expression: 9 to 17 frames at 30 fps."""
MIN_GAP_S = 0.35


def assign_people(size: SizeRecipe, seed: int, people: int) -> dict[int, str]:
    """Split of each person, disjoint by construction.

    Args:
        size: Size of the data set.
        seed: Seed.
        people: Number of people whose stills are at hand.

    Returns:
        1-based person -> split.

    Raises:
        ValueError: If there are too few people.
    """
    if people < sum(size.people):
        raise MESpotError(
            f'The size {size.name!r} needs the stills of {sum(size.people)} people, found {people}.'
        )
    order = np.random.default_rng([seed, 7]).permutation(people) + 1
    names = np.repeat(SPLITS, size.people)
    return {int(person): str(name) for person, name in sorted(zip(order, names, strict=False))}


def plan_dataset(
    size: SizeRecipe, parts: Sequence[str] | None = None, seed: int = 0, people: int = 40
) -> list[VideoPlan]:
    """Plans of all videos.

    Args:
        size: Size of the data set.
        parts: Parts to make; those of the size if None.
        seed: Seed.
        people: Number of people whose stills are at hand.

    Returns:
        Plans in order of part, person and video; parts other than `normal` hold test people only.

    Raises:
        ValueError: On an unknown part or too few people.
    """
    chosen = size.parts if parts is None else tuple(parts)
    unknown = [part for part in chosen if part not in PARTS]
    if unknown:
        raise MESpotError(f'Unknown part {unknown[0]!r}; expected one of {", ".join(PARTS)}.')
    splits = assign_people(size, seed, people)
    plans = []
    for part in chosen:
        for person, split in splits.items():
            if part == 'normal' or split == 'test':
                count = size.videos[SPLITS.index(split)]
                plans += [plan_video(size, PART_RECIPES[part], split, person, i, seed) for i in range(count)]
    return plans


def plan_video(
    size: SizeRecipe, part: PartRecipe, split: str, person: int, index: int, seed: int
) -> VideoPlan:
    """Plan of one video; its random numbers depend on (seed, part, person, index) only."""
    rng = np.random.default_rng([seed, PARTS.index(part.name), person, index])
    camera = fit_camera(part.cameras[int(rng.integers(len(part.cameras)))], size.max_side)
    total_frames = round(size.seconds * camera.fps)
    code, name, title = VIDEO_CODES[index]
    expressions = _expressions(rng, size, part, camera, total_frames)
    distractors = sample_distractors(rng, part, camera, total_frames, expressions)
    return VideoPlan(
        part=part.name,
        split=split,
        person=person,
        index=index,
        code=code,
        name=name,
        title=title,
        camera=camera,
        total_frames=total_frames,
        head_scale=part.head_scale,
        drift=part.drift,
        morph=part.morph,
        seed=int(rng.integers(2**31)),
        events=tuple(sorted(expressions + distractors, key=lambda event: (event.start, event.kind))),
    )


def _expressions(
    rng: np.random.Generator, size: SizeRecipe, part: PartRecipe, camera: Camera, total_frames: int
) -> list[Event]:
    fps = camera.fps
    kinds = ['ME'] * int(rng.integers(size.me_count[0], size.me_count[1] + 1))
    kinds += ['MaE'] * int(rng.integers(size.mae_count[0], size.mae_count[1] + 1))
    kinds = [kinds[i] for i in rng.permutation(len(kinds))]
    longest_mae_s = min(3.0, size.seconds / 5)
    lengths = []
    for kind in kinds:
        if kind == 'ME':
            seconds = lognormal(rng, 0.43, 0.16, 0.30, 0.53)
        else:
            seconds = lognormal(rng, 1.08, 0.42, 0.55, longest_mae_s)
        lengths.append(round(seconds * fps))
    # The room that is left is shared out at random between the gaps before, between and after the events.
    gap = round(MIN_GAP_S * fps)
    spare = total_frames - sum(lengths) - gap * (len(lengths) + 1)
    if spare < 0:
        raise ValueError(f'{len(lengths)} expressions do not fit into {total_frames} frames at {fps} fps.')
    cuts = np.sort(rng.random(len(lengths))) * spare
    events = []
    start = gap
    for i, (kind, length) in enumerate(zip(kinds, lengths, strict=True)):
        first = start + int(cuts[i])
        events.append(_expression(rng, part, kind, first, length, fps, total_frames))
        start += length + gap
    return events


def _expression(
    rng: np.random.Generator,
    part: PartRecipe,
    kind: str,
    start: int,
    length: int,
    fps: int,
    total_frames: int,
) -> Event:
    micro = kind == 'ME'
    onset_share = rng.uniform(0.32, 0.46) if micro else rng.uniform(0.2, 0.38)
    hold_share = rng.uniform(0.05, 0.2) if micro else rng.uniform(0.15, 0.4)
    apex = start + max(2, round(onset_share * length))
    hold_end = min(apex + round(hold_share * length), start + length - 2)
    if micro:
        amplitude = lognormal(rng, part.me_amplitude, 0.3, 0.006, 0.03)
    else:
        amplitude = lognormal(rng, part.mae_amplitude, 0.4, 0.012, 0.09)
    emotions = tuple(EXPRESSIONS)
    emotion = emotions[int(rng.integers(len(emotions)))]
    units = EXPRESSIONS[emotion][int(rng.integers(len(EXPRESSIONS[emotion])))]
    one_sided = float(rng.random()) < 0.15
    strong_left = float(rng.random()) < 0.5
    weaker = 0.0 if one_sided else round(float(rng.uniform(0.75, 1.0)), 6)
    weights = (1.0, weaker) if strong_left else (weaker, 1.0)
    actions = []
    for i, unit in enumerate(units):
        share = 1.0 if i == 0 else round(float(rng.uniform(0.5, 0.9)), 6)
        actions.append((unit, round(weights[0] * share, 6), round(weights[1] * share, 6)))
    end = start + length
    shape = shape_numbers(rng, 4)
    return Event(
        kind=kind,
        start=start,
        apex=apex,
        hold_end=hold_end,
        end=end,
        amplitude=amplitude,
        actions=() if part.morph else tuple(actions),
        shape=shape,
        emotion=emotion,
        label=_label(rng, micro, start, apex, end, fps, total_frames),
    )


def _label(
    rng: np.random.Generator, micro: bool, start: int, apex: int, end: int, fps: int, total_frames: int
) -> tuple[int, int, int]:
    """Onset, apex, inclusive offset as a coder marks them: off by 1 frame (ME) or 2.5 (MaE) at 30 fps."""
    spread = (1.0 if micro else 2.5) * fps / 30
    onset = start + round(spread * float(rng.standard_normal()))
    offset = end - 1 + round(spread * float(rng.standard_normal()))
    if micro:
        shortest, longest = round(ME_LENGTH_S[0] * fps), round(ME_LENGTH_S[1] * fps)
        length = offset - onset + 1
        offset += max(0, shortest - length) - max(0, length - longest)
    onset, offset = max(0, onset), min(total_frames - 1, offset)
    marked = apex + round(spread / 2 * float(rng.standard_normal()))
    return onset, min(max(marked, onset + 1), offset - 1), offset


def event_list_checksum(plans: Sequence[VideoPlan]) -> str:
    """SHA-256 of the canonical JSON of all plans (sorted keys, no blanks)."""
    text = json.dumps([plan.as_dict() for plan in plans], sort_keys=True, separators=(',', ':'))
    return hashlib.sha256(text.encode()).hexdigest()
