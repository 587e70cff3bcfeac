"""Stretches of a study's videos, and which of them to review next."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.special import expit, logit

from mmaction_mespot.intervals.detections import CLASSES
from mmaction_mespot.study.reviewed import Events

STRETCH_S = 20.0
RANDOM_SHARE = 0.5
RANDOM, UNCERTAIN = 'random', 'uncertain'
"""Why a stretch is to be reviewed."""


@dataclass(frozen=True)
class StudyVideo:
    """What is known of a video before anybody looked at it.

    Attributes:
        name: The video.
        fps: Its frames per second.
        total_frames: Its number of frames.
        candidates: Candidates of the spotter, whatever their score.
        scores: Their scores, (n,).
        thresholds: Smallest score of MaE and ME that is reported.
        reviewed: First and last frame of the stretches that a coder has reviewed.
    """

    name: str
    fps: float
    total_frames: int
    candidates: Events
    scores: np.ndarray
    thresholds: tuple[float, float]
    reviewed: Sequence[tuple[int, int]] = ()


@dataclass(frozen=True)
class Stretch:
    """A piece of a video, reviewed as a whole or not at all.

    Attributes:
        video: The video.
        first: First frame.
        last: Last frame (inclusive).
        first_s: Its start in seconds.
        last_s: Its end in seconds.
        why: :data:`RANDOM` or :data:`UNCERTAIN`; empty before it was chosen.
    """

    video: str
    first: int
    last: int
    first_s: float
    last_s: float
    why: str = ''

    @property
    def seconds(self) -> float:
        """Its length."""
        return self.last_s - self.first_s


def cut(video: StudyVideo, stretch_s: float = STRETCH_S) -> list[Stretch]:
    """Cut a video into stretches of one length; what is left over joins the last one."""
    frames = max(1, round(stretch_s * video.fps))
    starts = [place * frames for place in range(max(1, video.total_frames // frames))]
    ends = [*starts[1:], video.total_frames]
    return [
        Stretch(video.name, start, end - 1, start / video.fps, end / video.fps)
        for start, end in zip(starts, ends, strict=True)
    ]


def random_order(stretches: Sequence[Stretch], seed: int = 0) -> list[Stretch]:
    """Stretches by a random number that each of them has for good.

    Any first part of the order is a simple random sample of all stretches, also after further videos were
    added (permanent random numbers: Ohlsson 1995).
    """
    return sorted(stretches, key=lambda one: _number(one, seed))


def choose(
    videos: Sequence[StudyVideo],
    minutes: float,
    stretch_s: float = STRETCH_S,
    random_share: float = RANDOM_SHARE,
    seed: int = 0,
) -> list[Stretch]:
    """Choose what to review next.

    A share is drawn at random, for unbiased estimates. The rest is where the spotter is uncertain: the
    uncertainty of a stretch is the sum of ``4 p (1 - p)`` over its candidates, p by the score's distance
    from the threshold on the logit scale; it is divided by the number of stretches that were already chosen
    of the same video, so that the choice goes over many videos.

    Args:
        videos: The study; what is reviewed of it counts for the random share and is not chosen again.
        minutes: How much to choose.
        stretch_s: Length of a stretch in seconds.
        random_share: Share of the minutes that is drawn at random.
        seed: Seed of the draw.

    Returns:
        The random stretches in their order, then the uncertain ones by falling worth.
    """
    by_name = {video.name: video for video in videos}
    order = random_order([one for video in videos for one in cut(video, stretch_s)], seed)
    left = [one for one in order if not is_reviewed(one, by_name[one.video].reviewed)]
    drawn = _until(left, 60 * minutes * random_share, RANDOM)
    taken = {(one.video, one.first) for one in drawn}
    rest = [one for one in left if (one.video, one.first) not in taken]
    worth = np.array([uncertainty(by_name[one.video], one) for one in rest])
    seen = {name: 0 for name in by_name}
    wanted_s = 60 * minutes - sum(one.seconds for one in drawn)
    chosen: list[Stretch] = []
    while wanted_s > 0 and len(chosen) < len(rest):
        discounted = worth / np.array([1 + seen[one.video] for one in rest])
        best = int(np.argmax(discounted))
        if worth[best] <= 0:
            break
        chosen.append(replace(rest[best], why=UNCERTAIN))
        seen[rest[best].video] += 1
        wanted_s -= rest[best].seconds
        worth[best] = -1
    return [*drawn, *chosen]


def is_reviewed(stretch: Stretch, reviewed: Sequence[tuple[int, int]]) -> bool:
    """Whether reviewed frames cover the whole stretch."""
    next_frame = stretch.first
    for first, last in sorted(reviewed):
        if first <= next_frame <= last:
            next_frame = last + 1
    return next_frame > stretch.last


def uncertainty(video: StudyVideo, stretch: Stretch) -> float:
    """How much the spotter wavers in a stretch, in candidates that stand at the threshold."""
    middle = video.candidates.segments_s.mean(axis=1)
    inside = (middle >= stretch.first_s) & (middle < stretch.last_s)
    thresholds = np.array(video.thresholds)[video.candidates.labels[inside]]
    likely = expit(_logit(video.scores[inside]) - _logit(thresholds))
    return float((4 * likely * (1 - likely)).sum())


def detections(video: StudyVideo) -> Events:
    """The candidates from the thresholds on."""
    chosen = video.scores >= np.array(video.thresholds)[video.candidates.labels]
    return Events(video.candidates.segments_s[chosen], video.candidates.labels[chosen])


def study_video(name: str, content: Mapping[str, Any], reviewed: Sequence[tuple[int, int]]) -> StudyVideo:
    """A video from the content of its ``intervals.json``.

    Raises:
        KeyError: If it is none; so TypeError and ValueError.
    """
    video, rows, thresholds = content['video'], content['candidates'], content['thresholds']
    return StudyVideo(
        name,
        float(video['fps']),
        int(video['total_frames']),
        Events.of_rows(rows),
        np.array([row['score'] for row in rows], dtype=np.float64),
        (float(thresholds[CLASSES[0]]), float(thresholds[CLASSES[1]])),
        reviewed,
    )


def _until(order: Sequence[Stretch], seconds: float, why: str) -> list[Stretch]:
    chosen: list[Stretch] = []
    for one in order:
        if sum(stretch.seconds for stretch in chosen) >= seconds:
            break
        chosen.append(replace(one, why=why))
    return chosen


def _number(stretch: Stretch, seed: int) -> bytes:
    return hashlib.sha256(f'{seed} {stretch.first} {stretch.video}'.encode()).digest()


def _logit(values: np.ndarray) -> np.ndarray:
    return np.asarray(logit(np.clip(values, 1e-4, 1 - 1e-4)))
