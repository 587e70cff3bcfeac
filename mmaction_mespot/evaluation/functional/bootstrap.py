"""Intervals of confidence by resampling people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.functional.counts import AGNOSTIC, OVERALL, count_by_subject, counts_to_array
from mmaction_mespot.evaluation.functional.protocol import Protocol
from mmaction_mespot.evaluation.functional.protocols import DEFAULT
from mmaction_mespot.evaluation.functional.video_result import VideoResult
from mmaction_mespot.intervals.detections import CLASSES


@dataclass(frozen=True)
class Interval:
    """A figure with its 95 % interval.

    Attributes:
        value: The figure on the data as they are.
        low: 2.5 % quantile of the resampled figures.
        high: 97.5 % quantile.
    """

    value: float
    low: float
    high: float


def bootstrap_f1(
    videos: Sequence[VideoResult], rule: Protocol | float = DEFAULT, samples: int = 2000, seed: int = 0
) -> dict[str, Interval]:
    """95 % interval of the F1, by drawing subjects with replacement (percentile bootstrap, Efron 1979).

    Videos of one person are not independent of each other: whole persons are drawn.

    Args:
        videos: Videos with their final detections.
        rule: A protocol, or the IoU threshold of the default one. Defaults to the default protocol.
        samples: Draws. Defaults to 2000.
        seed: Seed of the draws. Defaults to 0.

    Returns:
        Intervals for ``'MaE'``, ``'ME'``, ``'overall'`` and ``'overall_agnostic'``.

    Raises:
        MESpotError: If there is no video.
    """
    counts = _subject_counts(videos, rule)
    return _intervals(_f1(counts.sum(axis=0)), _f1(_draw(counts, samples, seed)))


def bootstrap_difference(
    videos_a: Sequence[VideoResult],
    videos_b: Sequence[VideoResult],
    rule: Protocol | float = DEFAULT,
    samples: int = 2000,
    seed: int = 0,
) -> dict[str, Interval]:
    """95 % interval of F1(a) - F1(b) of two spotters on the same videos; both see the same draws.

    Args:
        videos_a: Videos with the final detections of one spotter.
        videos_b: The same videos with those of the other one.
        rule: A protocol, or the IoU threshold of the default one. Defaults to the default protocol.
        samples: Draws. Defaults to 2000.
        seed: Seed of the draws. Defaults to 0.

    Returns:
        Intervals by the names of :func:`bootstrap_f1`.

    Raises:
        MESpotError: If the two do not hold the same videos of the same subjects.
    """
    names_a, names_b = ({(v.part, v.subject, v.video_id) for v in videos} for videos in (videos_a, videos_b))
    if names_a != names_b:
        raise MESpotError(
            'the two results must hold the same videos; in one of them only: '
            f'{sorted(map(str, names_a ^ names_b))}'
        )
    counts_a, counts_b = (_subject_counts(videos, rule) for videos in (videos_a, videos_b))
    return _intervals(
        _f1(counts_a.sum(axis=0)) - _f1(counts_b.sum(axis=0)),
        _f1(_draw(counts_a, samples, seed)) - _f1(_draw(counts_b, samples, seed)),
    )


def _subject_counts(videos: Sequence[VideoResult], rule: Protocol | float) -> np.ndarray:
    """TP, FP, FN of every subject, shape (S, 4, 3), subjects sorted by name."""
    if not videos:
        raise MESpotError('there is no video to resample')
    return np.stack([counts_to_array(c) for c in count_by_subject(videos, rule).values()])


def _draw(counts: np.ndarray, samples: int, seed: int) -> np.ndarray:
    """Counts of ``samples`` draws of as many subjects as there are, shape (samples, 4, 3)."""
    subjects = len(counts)
    chosen = np.random.default_rng(seed).integers(subjects, size=(samples, subjects))
    times = np.stack([np.bincount(row, minlength=subjects) for row in chosen])
    return np.tensordot(times, counts, axes=1)


def _f1(counts: np.ndarray) -> np.ndarray:
    """F1 of TP, FP, FN along the last axis; 0 where undefined."""
    tp, fp, fn = np.moveaxis(counts, -1, 0)
    return 2 * tp / np.maximum(2 * tp + fp + fn, 1)


def _intervals(values: np.ndarray, draws: np.ndarray) -> dict[str, Interval]:
    low, high = np.quantile(draws, (0.025, 0.975), axis=0)
    return {
        name: Interval(float(values[i]), float(low[i]), float(high[i]))
        for i, name in enumerate((*CLASSES, OVERALL, AGNOSTIC))
    }
