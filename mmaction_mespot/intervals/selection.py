"""Which candidates are kept, by their scores."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.detections import CLASSES, Detections


def apply_thresholds(detections: Detections, thresholds: Sequence[float] | Mapping[str, float]) -> Detections:
    """Keep the detections whose score reaches the threshold of their class.

    Args:
        detections: Scored intervals of a video.
        thresholds: One threshold per class, by label or by class name; a score **equal** to it is kept.
    """
    if isinstance(thresholds, Mapping):
        thresholds = [thresholds[name] for name in CLASSES]
    return detections[detections.scores >= np.asarray(thresholds, dtype=np.float64)[detections.labels]]


def keep_top_fraction(detections: Detections, top_threshold: float) -> Detections:
    """Keep a fraction of a video's candidates, by score: the paper's Top_threshold (section IV, Table II).

    "Since Top_threshold is based on probability, the larger the threshold, the more expressions are output."

    Args:
        detections: Candidates of one video.
        top_threshold: The fraction in [0, 1]; the number kept is rounded up.

    Returns:
        The kept candidates by falling score.

    Raises:
        MESpotError: If the fraction lies outside [0, 1].
    """
    if not 0 <= top_threshold <= 1:
        raise MESpotError(f'top_threshold must lie in [0, 1], found {top_threshold}')
    # The small number takes back rounding: 0.55 of 100 is 55.000000000000007.
    return by_score(detections)[: math.ceil(top_threshold * len(detections) - 1e-9)]


def by_score(detections: Detections) -> Detections:
    """By falling score; equal scores by start, end and label, so that the input's order is without effect."""
    starts, ends = detections.segments.T
    return detections[np.lexsort((detections.labels, ends, starts, -detections.scores))]


def parse_thresholds(text: str) -> dict[str, float]:
    """Read ``MaE=0.9,ME=0.8``, or one of the two.

    Raises:
        MESpotError: If it is something else.
    """
    chosen = {}
    for item in text.split(','):
        name, _, value = item.partition('=')
        try:
            chosen[name.strip()] = float(value)
        except ValueError:
            chosen[name.strip()] = float('nan')
        if name.strip() not in CLASSES or not 0 <= chosen[name.strip()] <= 1:
            raise MESpotError(f'--threshold: found {item!r}, expected such as MaE=0.9,ME=0.8, each in 0..1')
    return chosen
