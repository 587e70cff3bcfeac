"""What a score is worth: false detections per minute and probability, measured on people held out.

The table ships beside the scorer that it belongs to, as JSON.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import bisect, isotonic_regression

from mmaction_mespot.atomic_file import write_json
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.detections import CLASSES
from mmaction_mespot.strict_json import read_json

DEFAULT_RATE = 1.0
"""False detections per minute that thresholds are chosen for where nothing else is asked."""
FORMAT, VERSION = 'mmaction_mespot.rate_table', 1
SURE = (0.01, 0.99)
"""Smallest and largest probability: no finite number of videos tells more."""
_POINTS = 60
_LEAST_SLOPE = 1e-6


@dataclass(frozen=True)
class ClassRates:
    """What was measured of one class.

    Attributes:
        scores: Rising scores in [0, 1], (k,), k at least 1.
        false_per_minute: False detections per minute of at least these scores, falling, (k,).
        knots: Rising scores in [0, 1], (m,), m at least 2.
        probability: Probability at these that a candidate is an event, rising, (m,); straight lines between.
    """

    scores: np.ndarray
    false_per_minute: np.ndarray
    knots: np.ndarray
    probability: np.ndarray

    def rate(self, threshold: float) -> float:
        """False detections per minute of at least this score, interpolated; 0 above the highest."""
        if threshold > self.scores[-1]:
            return 0.0
        return float(np.interp(threshold, self.scores, self.false_per_minute))

    def threshold(self, probability: float) -> float:
        """The lowest score of at least this probability; above all scores where none has it."""
        # A slope that is too small to matter makes the inverse unique on the level stretches.
        rising = self.probability + _LEAST_SLOPE * self.knots
        if probability > rising[-1]:
            return float(np.nextafter(1.0, 2.0))
        return float(np.interp(probability, rising, self.knots))


@dataclass(frozen=True)
class RateTable:
    """Both classes of one scorer.

    Attributes:
        classes: MaE and ME.
        minutes: Minutes of video that were measured.
        made_from: What these were, in words.
        scorer: SHA-256 of the scorer's file, or empty.
    """

    classes: tuple[ClassRates, ClassRates]
    minutes: float
    made_from: str = ''
    scorer: str = ''

    def probability(self, scores: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """Probability that a candidate is an event of its class, float64 (n,)."""
        found = np.zeros(len(scores))
        for label, own in enumerate(self.classes):
            mine = np.asarray(labels) == label
            found[mine] = np.interp(np.asarray(scores)[mine], own.knots, own.probability)
        return found

    def thresholds(self, rate: float = DEFAULT_RATE) -> tuple[float, float]:
        """Thresholds of MaE and ME that together let through at most so many false detections per minute.

        Both classes are cut at the same probability: no other pair finds more for as many false detections.

        Args:
            rate: False detections per minute of video. Defaults to 1.

        Raises:
            MESpotError: If the rate is too low to be told from the minutes measured, or above that of all
                candidates.
        """
        least = 1 / self.minutes
        most = max(self.rate((0, 0)), least)
        if not least <= rate <= most:
            raise MESpotError(
                f'false detections per minute: found {rate:g}, expected {least:.2g} to {most:.3g} '
                f'({self.minutes:.1f} minutes were measured)'
            )

        def excess(probability: float) -> float:
            cuts = (own.threshold(probability) for own in self.classes)
            return sum(own.rate(cut) for own, cut in zip(self.classes, cuts, strict=True)) - rate

        low, high = 0.0, 1.0 + 2 * _LEAST_SLOPE
        if excess(low) <= 0:
            chosen = low
        else:
            chosen = float(bisect(excess, low, high, xtol=1e-9))
            while excess(chosen) > 0:
                chosen = min(chosen + 1e-8, high)
        return self.classes[0].threshold(chosen), self.classes[1].threshold(chosen)

    def rate(self, thresholds: Sequence[float]) -> float:
        """False detections per minute of both classes at these thresholds."""
        return sum(own.rate(at) for own, at in zip(self.classes, thresholds, strict=True))

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {
            'format': FORMAT,
            'version': VERSION,
            'scorer': self.scorer,
            'made_from': self.made_from,
            'minutes': round(self.minutes, 3),
            'classes': {
                name: {key: np.round(values, 6).tolist() for key, values in vars(own).items()}
                for name, own in zip(CLASSES, self.classes, strict=True)
            },
        }

    def write(self, path: Path) -> None:
        """Write the file, whole or not at all."""
        write_json(self.to_dict(), path)

    @classmethod
    def read(cls, path: Path) -> RateTable:
        """Read a file of :meth:`write`.

        Raises:
            MESpotError: If it is missing or none; the message says why.
        """
        try:
            content = read_json(path)
            if (content['format'], content['version']) != (FORMAT, VERSION):
                raise ValueError(f'format {content["format"]!r}, version {content["version"]!r}')
            first, second = (_class_rates(content['classes'][name]) for name in CLASSES)
            minutes = float(content['minutes'])
            if not minutes > 0:
                raise ValueError(f'minutes {minutes:g}')
            return cls((first, second), minutes, str(content['made_from']), str(content['scorer']))
        except OSError as error:
            raise MESpotError(f'{path}: cannot be read ({error.strerror})') from error
        except (KeyError, TypeError, ValueError) as error:
            wanted = 'expected a table of false detections per minute'
            raise MESpotError(f'{path}: {wanted} ({error!r})') from error


def calibrate(
    scores: np.ndarray,
    labels: np.ndarray,
    hits: np.ndarray,
    minutes: float,
    made_from: str = '',
    scorer: Path | None = None,
    counted: np.ndarray | None = None,
) -> RateTable:
    """Make a table from candidates of people whom the scorer did not see.

    The probability is the isotonic regression of the hits on the scores (pool adjacent violators: Zadrozny &
    Elkan, KDD 2002), each level at the mean score of its candidates. One hit at score 1 and one miss at score
    0 are added, so that few candidates are not taken for certainty.

    Args:
        scores: Of all candidates of all videos, also of those without events, in [0, 1], (n,).
        labels: Class of each, 0 MaE, 1 ME, (n,).
        hits: Whether each is an event of its class, one to one, bool (n,).
        minutes: Minutes of these videos; with `counted`, of those that are counted.
        made_from: What they were, in words. Defaults to none.
        scorer: File of the scorer. Defaults to None: not noted.
        counted: Candidates that count for the false detections per minute, bool (n,), such as those of videos
            in which little happens; all count for the probability. Defaults to None: all.

    Raises:
        ValueError: If a length differs, a score lies outside [0, 1], or there are no minutes.
    """
    scores, labels = np.asarray(scores, dtype=np.float64), np.asarray(labels, dtype=np.int64)
    hits = np.asarray(hits, dtype=bool)
    counted = np.ones(len(scores), dtype=bool) if counted is None else np.asarray(counted, dtype=bool)
    if not len(scores) == len(labels) == len(hits):
        lengths = f'{len(scores)}, {len(labels)}, {len(hits)}'
        raise ValueError(f'one score, label and hit per candidate expected, found {lengths}')
    if len(scores) and not 0 <= scores.min() <= scores.max() <= 1:
        raise ValueError(f'scores in [0, 1] expected, found {scores.min():g} to {scores.max():g}')
    if not minutes > 0:
        raise ValueError(f'minutes of video expected, found {minutes:g}')
    first, second = (
        _measured(scores[own], hits[own], counted[own], minutes)
        for own in (labels == label for label in range(len(CLASSES)))
    )
    return RateTable((first, second), minutes, made_from, '' if scorer is None else file_hash(scorer))


def file_hash(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _measured(scores: np.ndarray, hits: np.ndarray, counted: np.ndarray, minutes: float) -> ClassRates:
    false = np.sort(scores[counted & ~hits])[::-1]
    # So many false detections that the steps are alike on a logarithmic scale, where rates are chosen.
    counts = np.unique(np.geomspace(1, max(len(false), 1), _POINTS).round().astype(np.int64))[: len(false)]
    at, rates = (false[counts - 1], counts / minutes) if len(false) else (np.zeros(1), np.zeros(1))
    if len(false):  # Of equal scores the rate with all of them.
        rates = np.array([(false >= score).sum() for score in at]) / minutes
    rising, places = np.unique(at, return_index=True)
    order = np.argsort(np.r_[scores, 0.0, 1.0], kind='stable')
    at_score, target = np.r_[scores, 0.0, 1.0][order], np.r_[hits, False, True][order].astype(np.float64)
    fit = isotonic_regression(target)
    edges = fit.blocks
    middles = np.array([at_score[a:b].mean() for a, b in pairwise(edges)])
    levels = np.clip(fit.x[edges[:-1]], *SURE)
    knots, kept = np.unique(middles, return_index=True)
    return ClassRates(rising, rates[places], knots, levels[kept])


def _class_rates(content: Mapping[str, Any]) -> ClassRates:
    arrays = {key: np.array(content[key], dtype=np.float64) for key in ClassRates.__dataclass_fields__}
    own = ClassRates(**arrays)
    for at, values, sign, least in (
        (own.scores, own.false_per_minute, -1, 1),
        (own.knots, own.probability, 1, 2),
    ):
        if at.ndim != 1 or at.shape != values.shape or len(at) < least:
            raise ValueError(f'{at.shape} scores with {values.shape} values')
        if not (np.diff(at) > 0).all() or not (sign * np.diff(values) >= 0).all() or not (values >= 0).all():
            raise ValueError('scores or values out of order')
    return own
