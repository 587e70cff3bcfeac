"""From the plan of a film to numbers for each frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mmaction_mespot.synthetic.action_units import ACTION_UNITS
from mmaction_mespot.synthetic.motion import event_profile
from mmaction_mespot.synthetic.profiles import smooth_noise
from mmaction_mespot.synthetic.v2.plan import JAW, FilmPlan

SIDES = ('L', 'R')
GAZE = ('gaze_across', 'gaze_down')
COLUMNS = tuple(f'{side}{unit}' for unit in ACTION_UNITS for side in SIDES) + GAZE
WIDEST = 0.42
_DRIFTING, _SPEAKING = (1, 2, 4, 6, 10, 12, 15, 17, 24), (10, 12, 17, 20, 24)


@dataclass(frozen=True)
class FilmMotion:
    """Motion over n frames.

    Args:
        face: Coefficients of `COLUMNS` in inter-ocular distances, shape (n, len(COLUMNS)), float32.
        yaw, pitch, roll: Pose in radians, shape (n,).
        across, down: Place of the head in inter-ocular distances, shape (n,).
        scale: Growth of the head, shape (n,), 0 at rest.
        closure: Share of the eye that the lid covers, shape (n,).
        opening: Opening of the mouth in inter-ocular distances, shape (n,).
        hand: How far a hand is in the picture, shape (n,), in [0, 1].
        morphs: Choice of the still and course, for each morph.
    """

    face: np.ndarray
    yaw: np.ndarray
    pitch: np.ndarray
    roll: np.ndarray
    across: np.ndarray
    down: np.ndarray
    scale: np.ndarray
    closure: np.ndarray
    opening: np.ndarray
    hand: np.ndarray
    morphs: tuple[tuple[float, np.ndarray], ...]


def build_film_motion(plan: FilmPlan) -> FilmMotion:
    """All motion of a film, decided by its plan alone."""
    rng = np.random.default_rng(plan.seed)
    count, fps = plan.total_frames, plan.camera.fps
    frames, time_s = np.arange(count), np.arange(count) / fps
    face = {name: np.zeros(count) for name in COLUMNS}
    degree = np.pi / 180
    head = {
        name: sway * smooth_noise(rng, count, fps, 0.1) + tremor * smooth_noise(rng, count, fps, 2.0)
        for name, sway, tremor in (
            ('yaw', 0.6 * degree, 0.03 * degree),
            ('pitch', 0.5 * degree, 0.03 * degree),
            ('roll', 0.4 * degree, 0.03 * degree),
            ('across', 0.012, 0.001),
            ('down', 0.010, 0.001),
            ('scale', 0.004, 0.0001),
        )
    }
    head['down'] = head['down'] + 0.003 * np.sin(2 * np.pi * rng.uniform(0.2, 0.32) * time_s)
    for unit in _DRIFTING:
        both = smooth_noise(rng, count, fps, 0.12)
        for side in SIDES:
            face[f'{side}{unit}'] += 0.002 * (0.9 * both + 0.4 * smooth_noise(rng, count, fps, 0.12))
    closure, opening, hand = np.zeros(count), np.zeros(count), np.zeros(count)
    morphs = []
    for event in plan.events:
        course = event.amplitude * event_profile(event, frames)
        present = course / event.amplitude
        signs = np.array(event.shape) * 2 - 1
        if event.kind in ('MaE', 'ME'):
            if not event.actions:
                morphs.append((event.shape[3], course))
            for unit, left, right in event.actions:
                if unit == JAW:
                    opening += course
                    continue
                face[f'L{unit}'] += left * course
                face[f'R{unit}'] += right * course
        elif event.kind == 'blink':
            closure = np.maximum(closure, course)
        elif event.kind == 'speech':
            rate = rng.uniform(2.0, 4.0)
            opening += course * np.clip(np.abs(smooth_noise(rng, count, fps, rate)) - 0.15, 0, None) * 0.7
            for unit in _SPEAKING:
                both = 0.15 * course * smooth_noise(rng, count, fps, rate)
                for side in SIDES:
                    face[f'{side}{unit}'] += both
            head['pitch'] = head['pitch'] + 1.2 * degree * present * smooth_noise(rng, count, fps, 0.7)
            head['yaw'] = head['yaw'] + 1.5 * degree * present * smooth_noise(rng, count, fps, 0.5)
        elif event.kind == 'chew':
            phase = 2 * np.pi * np.cumsum(1.3 + 0.2 * smooth_noise(rng, count, fps, 0.5)) / fps
            opening += 0.5 * course * (0.5 - 0.5 * np.cos(phase))
            for side, sign in zip(SIDES, (1, -1), strict=True):
                face[f'{side}14'] += 0.3 * course * np.sin(phase) * sign
                face[f'{side}24'] += 0.4 * course * (0.5 + 0.5 * np.cos(phase))
        elif event.kind == 'gaze':
            face['gaze_across'] += course * signs[0]
            face['gaze_down'] += 0.5 * course * signs[1]
        elif event.kind == 'hand':
            hand = np.maximum(hand, present)
        elif event.kind in ('nod', 'shake'):
            wave = np.sin(2 * np.pi * (1.2 + event.shape[0]) * (time_s - event.start / fps))
            name = 'pitch' if event.kind == 'nod' else 'yaw'
            head[name] = head[name] + course * degree * wave * 0.7
        elif event.kind == 'turn':
            head['yaw'] = head['yaw'] + course * degree * np.sign(signs[0])
            head['pitch'] = head['pitch'] + 0.3 * course * degree * signs[1]
        elif event.kind == 'lean':
            head['scale'] = head['scale'] + course * (1 if signs[0] > -0.4 else -0.5)
            head['down'] = head['down'] + 0.4 * course * signs[1]
    coefficients = np.stack([face[name] for name in COLUMNS], axis=1).astype(np.float32)
    opening = np.clip(opening, 0, WIDEST)
    return FilmMotion(coefficients, **head, closure=closure, opening=opening, hand=hand, morphs=tuple(morphs))
