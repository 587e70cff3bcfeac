"""What a user feels: false detections per minute, recall at a stated rate of them, trust in a score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.functional.bootstrap import Interval
from mmaction_mespot.evaluation.functional.event_table import event_tables
from mmaction_mespot.evaluation.functional.matching import match_events
from mmaction_mespot.evaluation.functional.protocol import Protocol
from mmaction_mespot.evaluation.functional.protocols import DEFAULT, as_protocol
from mmaction_mespot.evaluation.functional.ranking import rank_class
from mmaction_mespot.evaluation.functional.video_result import VideoResult
from mmaction_mespot.intervals.detections import CLASSES

RATES = (1.0, 0.2)
"""False detections per minute at which recall is reported."""


@dataclass(frozen=True)
class RankedHits:
    """All counted detections of one class, or of both, by falling score.

    Attributes:
        scores: Scores, float64, shape (N,).
        hits: Whether each hits a label of its class, one to one, bool, shape (N,).
        people: Index of the person of each, int64, shape (N,).
        truths: Labels of each person, int64, shape (S,).
        minutes: Minutes of video of each person, float64, shape (S,).
    """

    scores: np.ndarray
    hits: np.ndarray
    people: np.ndarray
    truths: np.ndarray
    minutes: np.ndarray

    def curve(self, weights: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Precision, recall and false detections per minute at every distinct score, from the highest down.

        Args:
            weights: How often each person counts, shape (S,). Defaults to None: once.

        Returns:
            Three arrays of shape (K,), 0 where undefined.
        """
        weights = np.ones(len(self.truths)) if weights is None else weights
        last = np.ones(len(self.scores), dtype=bool)
        last[:-1] = self.scores[:-1] > self.scores[1:]
        each = weights[self.people]
        tp = np.cumsum(each * self.hits)[last]
        fp = np.cumsum(each * ~self.hits)[last]
        truths, minutes = weights @ self.truths, weights @ self.minutes
        return tp / np.maximum(tp + fp, 1e-9), tp / max(truths, 1e-9), fp / max(minutes, 1e-9)

    def recall_at(self, rate: float, weights: np.ndarray | None = None) -> float:
        """Greatest recall with at most ``rate`` false detections per minute."""
        _, recall, false = self.curve(weights)
        return float(recall[false <= rate].max(initial=0.0))

    def average_precision(self, weights: np.ndarray | None = None) -> float:
        """Area under the precision-recall curve, all-point interpolation."""
        precision, recall, _ = self.curve(weights)
        envelope = np.maximum.accumulate(precision[::-1])[::-1]
        return float((envelope * np.diff(recall, prepend=0.0)).sum())


@dataclass(frozen=True)
class ReliabilityBin:
    """Detections whose scores lie in one range.

    Attributes:
        low, high: The range, [low, high); the last one holds its end.
        detections: How many.
        score: Their mean score.
        hits: Share of them that hit, with its 95 % interval over people.
    """

    low: float
    high: float
    detections: int
    score: float
    hits: Interval


def rank_hits(
    videos: Sequence[VideoResult], label: int | None = None, rule: Protocol | float = DEFAULT
) -> RankedHits:
    """Match all candidates one to one within their class, and rank them.

    Args:
        videos: Videos with all their candidates.
        label: The class; None for both together. Defaults to None.
        rule: A protocol, or the IoU threshold of the default one. Defaults to the default protocol.
    """
    protocol = replace(as_protocol(rule), matching='one_to_one', same_class=True)
    names, people = np.unique([video.subject for video in videos], return_inverse=True)
    minutes = np.array([video.total_frames / video.fps / 60 for video in videos])
    scores, hits, owners = [np.zeros(0)], [np.zeros(0, bool)], [np.zeros(0, np.int64)]
    truths = np.zeros(len(names), np.int64)
    for first, whole in event_tables(videos, protocol):
        table = whole if label is None else whole.of_class(label)
        scores.append(table.found_scores[table.counted])
        hits.append(match_events(table, protocol).truth_of[table.counted] >= 0)
        owners.append(people[first + table.found_video[table.counted]])
        truths += np.bincount(people[first + table.truth_video], minlength=len(names))
    falling = -np.concatenate(scores)
    order = np.argsort(falling, kind='stable')
    return RankedHits(
        -falling[order],
        np.concatenate(hits)[order],
        np.concatenate(owners)[order],
        truths,
        np.bincount(people, weights=minutes, minlength=len(names)),
    )


def rate_figures(
    videos: Sequence[VideoResult], rule: Protocol | float = DEFAULT, samples: int = 0, seed: int = 0
) -> dict[str, dict[str, Interval]]:
    """AP and recall at each of :data:`RATES`, with 95 % intervals over people (percentile bootstrap).

    Args:
        videos: Videos with all their candidates.
        rule: A protocol, or the IoU threshold of the default one. Defaults to the default protocol.
        samples: Draws of people; 0 for none, where an interval is the figure itself. Defaults to 0.
        seed: Seed of the draws. Defaults to 0.

    Returns:
        By ``'MaE'``, ``'ME'`` and ``'overall'`` (both ranked together): ``'AP'``,
        ``'R@1/min'``, ``'R@0.2/min'``.
    """
    figures = {}
    for label, name in ((0, CLASSES[0]), (1, CLASSES[1]), (None, 'overall')):
        ranked = rank_hits(videos, label, rule)
        rows = [_figures(ranked, None)]
        rows += [_figures(ranked, weights) for weights in _draws(len(ranked.truths), samples, seed)]
        low, high = np.quantile(rows[1:] or rows, (0.025, 0.975), axis=0)
        names = ('AP', *(f'R@{rate:g}/min' for rate in RATES))
        figures[name] = {
            key: Interval(rows[0][i], float(low[i]), float(high[i])) for i, key in enumerate(names)
        }
    return figures


def false_per_minute(false: int, videos: Sequence[VideoResult]) -> float:
    """False detections per minute of video."""
    return false / sum(video.total_frames / video.fps / 60 for video in videos)


def thresholds_at_rate(
    videos: Sequence[VideoResult], rate: float, rule: Protocol | float = DEFAULT
) -> tuple[float, ...]:
    """The thresholds that find most labels with at most ``rate`` false detections per minute in all.

    Args:
        videos: Videos with all their candidates: of validation people, never of the test part.
        rate: Most false detections per minute of video.
        rule: A protocol (matching is one to one in any case), or the IoU threshold of the default one.

    Returns:
        One threshold per class: a score of the videos, or just above the highest where nothing is kept. A
        detection is kept if its score is **at least** the threshold.

    Raises:
        MESpotError: If the rate is negative or there is no video.
    """
    if not rate >= 0 or not videos:
        raise MESpotError(f'a rate of at least 0 and a video expected, found {rate} and {len(videos)} videos')
    budget = rate * sum(video.total_frames / video.fps / 60 for video in videos)
    cuts = []
    for label in range(len(CLASSES)):
        ranking = rank_class(videos, label, rule)
        none = 1.0 if not len(ranking.scores) else max(1.0, float(np.nextafter(ranking.scores[0], np.inf)))
        tp = np.concatenate([[0], ranking.tp])
        cuts.append((np.concatenate([[none], ranking.scores]), tp, np.r_[0, ranking.detections] - tp))
    (scores_a, tp_a, fp_a), (scores_b, tp_b, fp_b) = cuts
    left = budget - fp_a
    # With more false detections allowed, a lower cut of the other class finds no less.
    partner = np.searchsorted(fp_b, left, side='right') - 1
    total = np.where(left >= 0, tp_a + tp_b[np.maximum(partner, 0)], -1)
    false = fp_a + fp_b[np.maximum(partner, 0)]
    best = int(np.lexsort((false, -total))[0])
    # Of the cuts of the other class with as many hits the highest: it has the fewest false detections.
    other = int(np.argmax(tp_b == tp_b[partner[best]]))
    own = int(np.argmax(tp_a == tp_a[best]))
    return float(scores_a[own]), float(scores_b[other])


def reliability(
    videos: Sequence[VideoResult],
    rule: Protocol | float = DEFAULT,
    bins: int = 10,
    samples: int = 2000,
    seed: int = 0,
) -> list[ReliabilityBin]:
    """Whether a score of 0.8 holds in 80 %: share of hits by score, for scores in [0, 1].

    Args:
        videos: Videos with all their candidates.
        rule: A protocol, or the IoU threshold of the default one. Defaults to the default protocol.
        bins: Ranges of equal width. Defaults to 10.
        samples: Draws of people for the intervals. Defaults to 2000.
        seed: Seed of the draws. Defaults to 0.

    Returns:
        The ranges that hold a detection, by rising score.

    Raises:
        MESpotError: If a score lies outside [0, 1].
    """
    ranked = rank_hits(videos, None, rule)
    if len(ranked.scores) and not 0 <= ranked.scores[-1] <= ranked.scores[0] <= 1:
        raise MESpotError(f'scores in [0, 1] expected, found {ranked.scores[-1]:g} to {ranked.scores[0]:g}')
    place = np.minimum((ranked.scores * bins).astype(int), bins - 1)
    people = len(ranked.truths)
    cells = place * people + ranked.people
    count = np.bincount(cells, minlength=bins * people).reshape(bins, people)
    hits = np.bincount(cells, weights=ranked.hits, minlength=bins * people).reshape(bins, people)
    weights = np.array(_draws(people, samples, seed)).reshape(-1, people)
    found = []
    for i in np.flatnonzero(count.sum(axis=1)):
        drawn, n = weights @ hits[i], weights @ count[i]
        share = hits[i].sum() / count[i].sum()
        shares = (drawn[n > 0] / n[n > 0]) if (n > 0).any() else np.array([share])
        low, high = np.quantile(shares, (0.025, 0.975))
        mean = float(ranked.scores[place == i].mean())
        hit_share = Interval(float(share), float(low), float(high))
        found.append(ReliabilityBin(i / bins, (i + 1) / bins, int(count[i].sum()), mean, hit_share))
    return found


def _figures(ranked: RankedHits, weights: np.ndarray | None) -> list[float]:
    return [ranked.average_precision(weights), *(ranked.recall_at(rate, weights) for rate in RATES)]


def _draws(people: int, samples: int, seed: int) -> list[np.ndarray]:
    """How often each person is drawn, for every draw."""
    chosen = np.random.default_rng(seed).integers(people, size=(samples, people))
    return [np.bincount(row, minlength=people).astype(np.float64) for row in chosen]
