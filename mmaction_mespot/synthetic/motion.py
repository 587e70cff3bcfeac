"""From the plan of a video to numbers for each frame: action units, pose, eyelids, jaw, morphs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mmaction_mespot.synthetic.action_units import ACTION_UNITS
from mmaction_mespot.synthetic.event import Event
from mmaction_mespot.synthetic.profiles import expression_profile, rise, smooth_noise
from mmaction_mespot.synthetic.video_plan import VideoPlan

SIDES = ('L', 'R')
POSE = ('across', 'down', 'scale', 'roll', 'yaw', 'pitch')
COLUMNS = tuple(f'{side}{unit}' for unit in ACTION_UNITS for side in SIDES) + POSE
"""Meaning of the columns of `Motion.coefficients`: action units and translations in inter-ocular distances,
`scale` as a fraction, angles in radians."""

_DRIFTING = (1, 2, 4, 6, 10, 12, 15, 17, 24)
_SPEAKING = (10, 12, 17, 20, 24)


@dataclass(frozen=True)
class Motion:
    """Motion of a face over a video of n frames.

    Args:
        coefficients: Shape (n, len(COLUMNS)), float32.
        closure: Share of each frame's eye that the lid covers, shape (n,), in [0, 1].
        opening: Opening of the mouth in inter-ocular distances, shape (n,).
        morphs: For each morph its choice of the still in [0, 1) and its course in inter-ocular distances
            (n,).
    """

    coefficients: np.ndarray
    closure: np.ndarray
    opening: np.ndarray
    morphs: tuple[tuple[float, np.ndarray], ...]


def column(unit: int, side: str) -> int:
    """Column of one side of an action unit."""
    return COLUMNS.index(f'{side}{unit}')


def event_profile(event: Event, frames: np.ndarray) -> np.ndarray:
    """Course of an event in [0, 1] over frames."""
    return expression_profile(frames, event.start, event.apex, event.hold_end, event.end, event.shape)


def build_motion(plan: VideoPlan) -> Motion:
    """All motion of a video, decided by its plan alone."""
    rng = np.random.default_rng(plan.seed)
    count, fps = plan.total_frames, plan.camera.fps
    frames = np.arange(count)
    coefficients = _continuous(plan, rng)
    closure, opening = np.zeros(count), np.zeros(count)
    morphs = []
    head = {name: np.zeros(count) for name in POSE}
    for event in plan.events:
        profile = event_profile(event, frames)
        if event.kind in ('MaE', 'ME'):
            if plan.morph:
                morphs.append((event.shape[3], event.amplitude * profile))
            for unit, left, right in event.actions:
                for side, weight in zip(SIDES, (left, right), strict=True):
                    coefficients[:, column(unit, side)] += event.amplitude * weight * profile
        elif event.kind == 'blink':
            closure = np.maximum(closure, event.amplitude * profile)
        elif event.kind == 'swallow':
            for unit, share in ((17, 1.0), (24, 0.7)):
                for side in SIDES:
                    coefficients[:, column(unit, side)] += share * event.amplitude * profile
            head['down'] -= 0.3 * event.amplitude * profile
        elif event.kind == 'speech':
            syllables = np.abs(smooth_noise(rng, count, fps, 3.0))
            opening += event.amplitude * profile**0.5 * syllables
            for unit in _SPEAKING:
                both = 0.25 * event.amplitude * profile**0.5 * smooth_noise(rng, count, fps, 2.5)
                for side in SIDES:
                    coefficients[:, column(unit, side)] += both
        elif event.kind == 'head_shift':
            _shift_head(event, frames, head, plan.head_scale)
    for name in POSE:
        coefficients[:, COLUMNS.index(name)] += head[name]
    return Motion(coefficients.astype(np.float32), closure, np.clip(opening, 0, 0.16), tuple(morphs))


def _shift_head(event: Event, frames: np.ndarray, head: dict[str, np.ndarray], scale: float) -> None:
    """Turn the head to a new pose, which it keeps until the next shift."""
    turn = scale * event.amplitude
    signs = 2.0 * np.array(event.shape) - 1.0
    target = {
        'yaw': np.deg2rad(turn) * signs[0],
        'pitch': np.deg2rad(0.7 * turn) * signs[1],
        'roll': np.deg2rad(0.4 * turn) * signs[2],
        'across': 0.014 * turn * signs[3],
        'down': 0.012 * turn * signs[1],
        'scale': 0.004 * turn * signs[2],
    }
    moved = rise((frames - event.start) / (event.end - event.start))
    for name, value in target.items():
        head[name] += moved * (value - head[name])


def _continuous(plan: VideoPlan, rng: np.random.Generator) -> np.ndarray:
    """Tremor and sway of the head, breathing, tonic drift of the face."""
    count, fps = plan.total_frames, plan.camera.fps
    values = np.zeros((count, len(COLUMNS)))
    time_s = np.arange(count) / fps
    degree = np.pi / 180
    for name, sway, tremor in (
        ('across', 0.010, 0.0010),
        ('down', 0.008, 0.0010),
        ('scale', 0.003, 0.0001),
        ('roll', 0.4 * degree, 0.03 * degree),
        ('yaw', 0.4 * degree, 0.03 * degree),
        ('pitch', 0.3 * degree, 0.03 * degree),
    ):
        slow, fast = smooth_noise(rng, count, fps, 0.08), smooth_noise(rng, count, fps, 2.0)
        values[:, COLUMNS.index(name)] = plan.head_scale * (sway * slow + tremor * fast)
    rate, phase = rng.uniform(0.2, 0.32), rng.uniform(0, 2 * np.pi)
    values[:, COLUMNS.index('down')] += 0.003 * np.sin(2 * np.pi * rate * time_s + phase)
    for unit in _DRIFTING:
        both = smooth_noise(rng, count, fps, 0.12)
        for side in SIDES:
            own = smooth_noise(rng, count, fps, 0.12)
            values[:, column(unit, side)] = plan.drift * (0.9 * both + 0.4 * own)
    return values
