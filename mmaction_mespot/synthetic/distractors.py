"""Sampling of what happens without a label: blinks, swallows, shifts of the head, speech."""

from __future__ import annotations

import numpy as np

from mmaction_mespot.synthetic.camera import Camera
from mmaction_mespot.synthetic.draws import lognormal, shape_numbers
from mmaction_mespot.synthetic.event import Event
from mmaction_mespot.synthetic.recipes import PartRecipe


def sample_distractors(
    rng: np.random.Generator, part: PartRecipe, camera: Camera, total_frames: int, expressions: list[Event]
) -> list[Event]:
    """Sample what happens without a label.

    Args:
        rng: Source of the numbers.
        part: Setting of the part: how often each kind happens.
        camera: Camera of the video.
        total_frames: Length of the video.
        expressions: The labelled events; nobody swallows or speaks during one.

    Returns:
        Blinks, swallows, shifts of the head, bursts of speech.
    """
    fps = camera.fps
    events = _blinks(rng, part, fps, total_frames, expressions)
    minutes = total_frames / fps / 60
    for kind, rate, low_s, high_s in (
        ('swallow', part.swallows, 0.6, 1.0),
        ('head_shift', part.head_shifts, 0.5, 1.5),
        ('speech', part.speech, 1.0, 2.5),
    ):
        for _ in range(int(rng.poisson(rate * minutes))):
            length = round(float(rng.uniform(low_s, high_s)) * fps)
            start = int(rng.integers(1, total_frames - length))
            # Nobody speaks or swallows during a labelled expression here, so that a label stays true.
            touches = any(
                start < e.end + fps // 6 and e.start - fps // 6 < start + length for e in expressions
            )
            amplitude = {
                'swallow': lognormal(rng, 0.010, 0.3, 0.004, 0.02),
                'head_shift': lognormal(rng, 0.8, 0.5, 0.2, 2.5),
                'speech': lognormal(rng, 0.045, 0.3, 0.02, 0.08),
            }[kind]
            shape = shape_numbers(rng, 4)
            if kind == 'head_shift' or not touches:
                end, middle = start + length, start + length // 2
                events.append(Event(kind, start, middle, middle, end, amplitude, shape=shape))
    return events


def _blinks(
    rng: np.random.Generator, part: PartRecipe, fps: int, total_frames: int, expressions: list[Event]
) -> list[Event]:
    """Blinks at a random pace, and one within every third macro-expression or so."""
    mean_gap_s = 60.0 / part.blinks
    times = []
    time_s = float(rng.exponential(mean_gap_s))
    while time_s < total_frames / fps:
        times.append(time_s)
        time_s += 0.5 + float(rng.exponential(mean_gap_s - 0.5))
    for event in expressions:
        if event.kind == 'MaE' and rng.random() < 0.35:
            times.append(float(rng.uniform(event.start, event.end)) / fps)
    blinks: list[Event] = []
    for time_s in sorted(times):
        start = max(1, round(time_s * fps))
        close, hold, reopen = rng.uniform((0.07, 0.02, 0.13), (0.11, 0.06, 0.22)) * fps
        apex = start + max(2, round(float(close)))
        hold_end = apex + round(float(hold))
        end = hold_end + max(3, round(float(reopen)))
        depth = round(float(rng.uniform(0.85, 1.0)), 6)
        if end < total_frames and (not blinks or start > blinks[-1].end):
            blinks.append(Event('blink', start, apex, hold_end, end, depth, shape=shape_numbers(rng, 3)))
    return blinks
