"""Praat's TextGrids, by pympi."""

from __future__ import annotations

import re
from pathlib import Path

from pympi.Praat import TextGrid

from mmaction_mespot.errors import MESpotError

from .coded_interval import CodedInterval, Coding, class_of_tier, end_s, tiers_of

_ENCODINGS = ((b'\xff\xfe', 'utf-16'), (b'\xfe\xff', 'utf-16'), (b'\xef\xbb\xbf', 'utf-8-sig'))
_BINARY = b'ooBinaryFile'
_TOLD = re.compile(r'\s*(?:(?:xmin|xmax)\s*=\s*|(?=[-+]?\d[-+\d.e]*\s*\Z))(\S*)')
_SECONDS = re.compile(r'\d+(?:\.\d*)?')
"""What begins a number in the long form of a TextGrid, or is one in the short form; and one of seconds."""


def write_textgrid(coding: Coding, path: Path) -> None:
    """Write one interval tier per class, filled with empty intervals to the end of the media."""
    last_s = max((end_s(one) for one in coding.intervals), default=0.0)
    grid = TextGrid(xmax=max(round(coding.duration_s, 6), last_s))
    for name, intervals in tiers_of(coding.intervals).items():
        tier = grid.add_tier(name)
        for one in intervals:
            # An empty text would be an empty stretch: the class stands first.
            tier.add_interval(one.onset_s, end_s(one), f'{one.label} {one.text}'.strip())
    grid.to_file(str(path))


def read_textgrid(path: Path) -> list[CodedInterval]:
    """Read the interval tiers that are named like a class; a stretch counts where it has a text."""
    data = path.read_bytes()
    codec = next((codec for mark, codec in _ENCODINGS if data.startswith(mark)), 'utf-8')
    lines = [] if data.startswith(_BINARY) else data.decode(codec).splitlines()
    for number, line in enumerate(lines, 1):  # pympi takes -2 for 2, and 1e15 for 15
        told = _TOLD.match(line)
        if told and not _SECONDS.fullmatch(told[1]):
            raise MESpotError(f'{path}, line {number}: found {told[1][:40]!r}, expected seconds such as 1.25')
    grid = TextGrid(str(path), codec=codec)
    found = []
    for tier in grid.get_tiers():
        label = class_of_tier(tier.name)
        if label is None or tier.tier_type != 'IntervalTier':
            continue
        for start, end, text in tier.intervals:
            if text.strip():
                words = text.strip().removeprefix(label).strip()
                found.append(CodedInterval(label, round(start, 3), round(end, 3)).with_text(words))
    return found
