"""Scores and thresholds that suit one's own recordings, from what a coder reviewed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment, minimize
from scipy.special import expit, logit

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.detections import CLASSES
from mmaction_mespot.intervals.iou import segment_iou
from mmaction_mespot.study.reviewed import ReviewedVideo, subject_and_session

MIN_DECIDED = 20
"""Reviewed intervals below which nothing is calibrated."""
MIN_IOU = 0.5
SAMPLES = 2000
_PRIOR = 0.05
"""Weight of the pull of the slope towards 1, which few intervals do not overcome."""


@dataclass(frozen=True)
class Calibration:
    """Thresholds and calibrated probabilities of both classes.

    Attributes:
        thresholds: Smallest score of MaE and ME.
        slopes: Of the logistic curve over the logit of the score, by class.
        offsets: Its offsets.
        false_per_minute: False detections per minute at these thresholds, each video judged by the others, or
            None where that is not known.
        made_from: What was reviewed, in words.
    """

    thresholds: tuple[float, float]
    slopes: tuple[float, float]
    offsets: tuple[float, float]
    false_per_minute: float | None = None
    made_from: str = ''

    def rate(self, thresholds: Sequence[float]) -> float | None:
        """False detections per minute at these thresholds; None where that is not known."""
        return self.false_per_minute if tuple(thresholds) == self.thresholds else None

    def probability(self, scores: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """Probability that a candidate is an event that a coder accepts, (n,)."""
        slopes, offsets = np.array(self.slopes)[labels], np.array(self.offsets)[labels]
        return np.asarray(expit(slopes * _logit(scores) + offsets))


def hits_of(video: ReviewedVideo) -> np.ndarray:
    """Which candidates match an event (IoU of .5 or more, same class, one to one), bool, (n,)."""
    overlap = segment_iou(video.candidates.segments_s, video.truth.segments_s)
    overlap = np.where(video.candidates.labels[:, None] == video.truth.labels[None], overlap, 0.0)
    # Of several candidates at an event the one with the higher score; equal scores by overlap.
    gain = np.where(overlap >= MIN_IOU, 1 + video.scores[:, None] + 1e-3 * overlap, 0.0)
    rows, columns = linear_sum_assignment(gain, maximize=True)
    hits = np.zeros(len(video.scores), dtype=bool)
    hits[rows[gain[rows, columns] > 0]] = True
    return hits


def calibrate(videos: Sequence[ReviewedVideo], fallback: tuple[float, float]) -> Calibration:
    """Fit a logistic curve (Platt 1999) and the threshold of the best F1 to each class.

    Args:
        videos: Reviewed videos.
        fallback: Thresholds of a class without events, or without candidates.
    """
    thresholds, slopes, offsets = [], [], []
    for label in range(len(CLASSES)):
        scores, hits, events = _of_class(videos, label)
        if not events or not hits.any():
            thresholds.append(fallback[label])
        else:
            thresholds.append(_best_threshold(scores, hits, events))
        slope, offset = _logistic(scores, hits)
        slopes.append(slope)
        offsets.append(offset)
    return Calibration((thresholds[0], thresholds[1]), (slopes[0], slopes[1]), (offsets[0], offsets[1]))


def counts_at(video: ReviewedVideo, thresholds: Sequence[float]) -> np.ndarray:
    """Hits, detections and events of a video, float64, (3,)."""
    chosen = video.scores >= np.array(thresholds)[video.candidates.labels]
    hits = hits_of(video) & chosen
    return np.array([hits.sum(), chosen.sum(), len(video.truth.labels)], dtype=np.float64)


def gain_report(
    videos: Sequence[ReviewedVideo], before: tuple[float, float], seed: int = 0
) -> dict[str, object]:
    """Precision, recall, F1 and false detections per minute before and after, each person left out in turn.

    Args:
        videos: Two reviewed videos at least; each is judged by the calibration of the others, without those
            of the same person (see :func:`groups_of`).
        before: Thresholds in use.
        seed: Seed of the bootstrap over people or videos. Defaults to 0.

    Returns:
        ``before``, ``after`` (each figure), ``f1_gain`` with ``value``, ``low``, ``high`` (95 %, paired), and
        ``gained``: whether the whole interval lies above zero.

    Raises:
        MESpotError: If too little was reviewed.
    """
    decided = sum(video.decided for video in videos)
    if decided < MIN_DECIDED:
        raise MESpotError(f'found {decided} reviewed intervals, expected {MIN_DECIDED} or more')
    if len(videos) < 2:
        raise MESpotError('found one reviewed video, expected two or more: each is judged by the others')
    groups = groups_of([video.name for video in videos])
    fits = {
        group: calibrate([v for v, g in zip(videos, groups, strict=True) if g != group], before).thresholds
        for group in dict.fromkeys(groups)
    }
    old = np.array([counts_at(video, before) for video in videos])
    new = np.array([counts_at(v, fits[group]) for v, group in zip(videos, groups, strict=True)])
    found = compare_counts(old, new, groups, sum(video.minutes for video in videos), seed)
    return {'reviewed_intervals': decided, **found}


def compare_counts(
    old: np.ndarray, new: np.ndarray, groups: Sequence[str], minutes: float, seed: int = 0
) -> dict[str, object]:
    """Figures before and after, and the gain in F1 with its interval (percentile bootstrap over groups).

    Args:
        old: Hits, detections and events of each video before, (v, 3), see :func:`counts_at`.
        new: The same after; events alike.
        groups: Person or name of each video; those of one group are drawn together.
        minutes: Length of the reviewed stretches.
        seed: Seed of the draws. Defaults to 0.

    Returns:
        Without ``reviewed_intervals``, what :func:`gain_report` gives.
    """
    names = list(dict.fromkeys(groups))
    member = np.array([[group == name for group in groups] for name in names], dtype=np.float64)
    draws = np.random.default_rng(seed).integers(0, len(names), (SAMPLES, len(names)))
    gains = _f1((member @ new)[draws].sum(axis=1)) - _f1((member @ old)[draws].sum(axis=1))
    low, high = (float(value) for value in np.quantile(gains, (0.025, 0.975)))
    value = float(_f1(new.sum(axis=0)) - _f1(old.sum(axis=0)))
    return {
        'videos': len(groups),
        'groups': len(names),
        'reviewed_minutes': round(minutes, 3),
        'before': _figures(old.sum(axis=0), minutes),
        'after': _figures(new.sum(axis=0), minutes),
        'f1_gain': {'value': value, 'low': low, 'high': high},
        'gained': low > 0,
    }


def groups_of(names: Sequence[str]) -> list[str]:
    """What is left out together, for each video: its person where the names tell several, else itself.

    See :func:`~mmaction_mespot.study.reviewed.subject_and_session`.
    """
    people = [subject_and_session(name)[0] for name in names]
    return people if all(people) and len(set(people)) > 1 else list(names)


def _figures(counts: np.ndarray, minutes: float) -> dict[str, float | None]:
    hits, found, events = (float(value) for value in counts)
    return {
        'precision': hits / found if found else None,
        'recall': hits / events if events else None,
        'f1': float(_f1(counts)),
        'false_per_min': (found - hits) / minutes if minutes else None,
    }


def _f1(counts: np.ndarray) -> np.ndarray:
    return np.asarray(2 * counts[..., 0] / np.maximum(counts[..., 1] + counts[..., 2], 1))


def _of_class(videos: Sequence[ReviewedVideo], label: int) -> tuple[np.ndarray, np.ndarray, int]:
    own = [video.candidates.labels == label for video in videos]
    scores = np.concatenate([video.scores[mask] for video, mask in zip(videos, own, strict=True)])
    hits = np.concatenate([hits_of(video)[mask] for video, mask in zip(videos, own, strict=True)])
    return scores, hits, sum(int((video.truth.labels == label).sum()) for video in videos)


def _best_threshold(scores: np.ndarray, hits: np.ndarray, events: int) -> float:
    """The threshold of the highest F1; of equal ones the highest."""
    values = np.unique(scores)[::-1]
    found = np.array([(scores >= value).sum() for value in values])
    right = np.array([hits[scores >= value].sum() for value in values])
    return float(values[np.argmax(2 * right / (found + events))])


def _logistic(scores: np.ndarray, hits: np.ndarray) -> tuple[float, float]:
    """Slope and offset, with Platt's targets, which keep off 0 and 1."""
    if not len(scores):
        return 1.0, 0.0
    positive = hits.sum()
    targets = np.where(hits, (positive + 1) / (positive + 2), 1 / (len(hits) - positive + 2))
    x = _logit(scores)

    def loss(at: np.ndarray) -> float:
        z = at[0] * x + at[1]
        return float((np.logaddexp(0, z) - targets * z).sum() + _PRIOR * (at[0] - 1) ** 2)

    slope, offset = minimize(loss, np.array([1.0, 0.0])).x
    return float(slope), float(offset)


def _logit(scores: np.ndarray) -> np.ndarray:
    return np.asarray(logit(np.clip(scores, 1e-4, 1 - 1e-4)))
