"""Lengths of detections that a protocol counts."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from mmaction_mespot.errors import MESpotError


@dataclass(frozen=True)
class LengthLimits:
    """Shortest and longest counted detection of each class, in whole frames at a stated frame rate.

    Attributes:
        fps: Frame rate that the numbers are meant for.
        min_frames: Fewest frames (first and last one included) of MaE and of ME.
        max_frames: Most frames of MaE and of ME; ``inf`` for no limit.
    """

    fps: float
    min_frames: tuple[float, float]
    max_frames: tuple[float, float]


_LIMITS = re.compile(r'(?P<fps>[\d.]+):MaE=(?P<low0>\d+)-(?P<high0>\d*),ME=(?P<low1>\d+)-(?P<high1>\d*)')


def parse_length_limits(text: str) -> tuple[LengthLimits, ...]:
    """Read limits such as ``30:MaE=17-,ME=7-16;200:MaE=106-,ME=47-105``, or ``none``.

    Raises:
        MESpotError: If they can't be understood.
    """
    if text == 'none':
        return ()
    limits = []
    for item in text.split(';'):
        match = _LIMITS.fullmatch(item.replace(' ', ''))
        fps = float(match['fps']) if match and match['fps'].count('.') < 2 and match['fps'] != '.' else 0.0
        if match is None or fps <= 0:
            raise MESpotError(
                f'length limits: found {item!r}, expected FPS:MaE=LEAST-MOST,ME=LEAST-MOST in frames, '
                'such as 30:MaE=17-,ME=7-16, or none'
            )
        high = [float(match[name]) if match[name] else math.inf for name in ('high0', 'high1')]
        limits.append(LengthLimits(fps, (float(match['low0']), float(match['low1'])), (high[0], high[1])))
    return tuple(limits)
