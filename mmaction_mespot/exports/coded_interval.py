"""The intervals of a video in seconds, as coders' programs keep them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from mmaction_mespot.intervals.detections import CLASSES

_APEX = re.compile(r'\bapex=(\d+(?:\.\d+)?)')
_SCORE = re.compile(r'\bscore=(\d+(?:\.\d+)?)')
_PROBABILITY = re.compile(r'\bprobability=(\d+(?:\.\d+)?)')
_TIER = re.compile(rf'({"|".join(CLASSES)})(?: \d+)?', flags=re.IGNORECASE)


@dataclass(frozen=True)
class CodedInterval:
    """One interval.

    Attributes:
        label: ``'MaE'`` or ``'ME'``.
        onset_s: Time stamp of the first frame, seconds; whole milliseconds.
        offset_s: Time stamp of the last frame.
        apex_s: Time stamp of the apex, or None.
        score: Score of the spotter, or None.
        comment: What a coder wrote; of a spotted interval its note and what moved.
        probability: That it is an expression of its class, by the spotter's calibration, or None.
    """

    label: str
    onset_s: float
    offset_s: float
    apex_s: float | None = None
    score: float | None = None
    comment: str = ''
    probability: float | None = None

    @property
    def text(self) -> str:
        """Apex, score, probability and comment in one line, for programs that keep only a text."""
        apex = '' if self.apex_s is None else f'apex={self.apex_s:.3f}'
        score = '' if self.score is None else f'score={self.score:.4f}'
        chance = '' if self.probability is None else f'probability={self.probability:.4f}'
        return ' '.join(part for part in (apex, score, chance, self.comment) if part)

    def with_text(self, text: str) -> CodedInterval:
        """The interval with what a line of :attr:`text` says; an apex outside of it is left out."""
        apex, *numbers = (pattern.search(text) for pattern in (_APEX, _SCORE, _PROBABILITY))
        score, chance = (None if number is None else float(number[1]) for number in numbers)
        apex_s = None if apex is None else float(apex[1])
        if apex_s is not None and not self.onset_s <= apex_s <= self.offset_s:
            apex_s = None
        comment = ' '.join(_PROBABILITY.sub('', _SCORE.sub('', _APEX.sub('', text))).split())
        return replace(self, apex_s=apex_s, score=score, comment=comment, probability=chance)


@dataclass(frozen=True)
class Coding:
    """The intervals of one video.

    Attributes:
        intervals: By onset.
        media: The video file.
        duration_s: Its length in seconds.
        fps: Its nominal frames per second.
    """

    intervals: Sequence[CodedInterval]
    media: Path
    duration_s: float
    fps: float


def coding_of_result(content: Mapping[str, Any]) -> Coding:
    """The found intervals of ``intervals.json``, to the millisecond.

    Args:
        content: What the file holds.
    """
    video = content['video']
    rows = [
        CodedInterval(
            row['label'],
            round(row['onset_s'], 3),
            round(row['offset_s'], 3),
            round(row['apex_s'], 3),
            row['score'],
            '; '.join(filter(None, (row.get('note', ''), moved_words(row)))),
            row.get('probability'),
        )
        for row in content['intervals']
    ]
    ordered = sorted(rows, key=lambda row: (row.onset_s, row.offset_s))
    return Coding(ordered, Path(video['path']), video['duration_s'], video['fps'])


def moved_words(row: Mapping[str, Any]) -> str:
    """What moved in an interval of ``intervals.json``, in one line; empty where nothing is said of it."""
    return '; '.join(one['words'] for one in row.get('moved', ()))


def tiers_of(intervals: Sequence[CodedInterval]) -> dict[str, list[CodedInterval]]:
    """The intervals by tier: one per class, and ``MaE 2``, ... where intervals of a class overlap."""
    tiers: dict[str, list[CodedInterval]] = {label: [] for label in CLASSES}
    for one in sorted(intervals, key=lambda one: (one.onset_s, one.offset_s)):
        number = 1
        while (own := tiers.setdefault(tier_name(one.label, number), [])) and end_s(own[-1]) > one.onset_s:
            number += 1
        own.append(one)
    return tiers


def tier_name(label: str, number: int) -> str:
    """Name of the first, second, ... tier of a class."""
    return label if number == 1 else f'{label} {number}'


def class_of_tier(name: str) -> str | None:
    """The class that a tier holds, whatever its case; None where it holds something else."""
    match = _TIER.fullmatch(name.strip())
    return None if match is None else next(one for one in CLASSES if one.lower() == match[1].lower())


def end_s(interval: CodedInterval) -> float:
    """The end as these programs want it: 1 ms after the onset at least."""
    return max(interval.offset_s, round(interval.onset_s + 0.001, 3))


def milliseconds(seconds: float) -> int:
    """Seconds as whole milliseconds."""
    return int(np.rint(1000 * seconds))
