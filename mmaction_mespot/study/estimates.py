"""Precision and recall over a whole study, from the stretches of it that were drawn at random."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import takewhile

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment
from scipy.stats import beta, t

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.detections import CLASSES
from mmaction_mespot.intervals.iou import segment_iou
from mmaction_mespot.study.reviewed import Events
from mmaction_mespot.study.stretches import (
    STRETCH_S,
    Stretch,
    StudyVideo,
    cut,
    detections,
    is_reviewed,
    random_order,
)

MIN_IOU = 0.5
CONFIDENCE = 0.95


def estimate_study(
    videos: Sequence[StudyVideo], truth: Mapping[str, Events], stretch_s: float = STRETCH_S, seed: int = 0
) -> pd.DataFrame:
    """Estimate precision and recall of the whole study, for all intervals and by class.

    Counted are the stretches at the head of the random order, up to the first one that is not reviewed. An
    interval belongs to the stretch that holds its middle. Hits are one to one, of the same class, with an IoU
    of .5 or more.

    Args:
        videos: The study, with what a coder has reviewed of it.
        truth: What the coder holds for events, by video.
        stretch_s: Length of a stretch, as in the choice.
        seed: Seed of the draw, as in the choice.

    Returns:
        Columns ``figure`` (precision, recall), ``label`` (all, MaE, ME), ``value``, ``low``, ``high`` (95 %),
        ``n`` (detections or events that were counted), ``stretches``, ``of`` (in the study), ``minutes``.

    Raises:
        MESpotError: If the first random stretch is not reviewed.
    """
    by_name = {video.name: video for video in videos}
    order = random_order([one for video in videos for one in cut(video, stretch_s)], seed)
    sample = list(takewhile(lambda one: is_reviewed(one, by_name[one.video].reviewed), order))
    if not sample:
        first = order[0]
        raise MESpotError(
            f'{first.video}: {first.first_s:.1f} to {first.last_s:.1f} s is not reviewed, expected the '
            'random stretches to be, in their order'
        )
    counts = np.array([_counts(by_name[one.video], truth.get(one.video), one) for one in sample])
    minutes = sum(one.seconds for one in sample) / 60
    rows = []
    for figure, hits, total in (('precision', 0, 1), ('recall', 2, 3)):
        for name, classes in (('all', [0, 1]), *((label, [i]) for i, label in enumerate(CLASSES))):
            part = counts[:, :, classes].sum(axis=2)
            value, low, high = ratio_interval(part[:, hits], part[:, total])
            rows.append((figure, name, value, low, high, int(part[:, total].sum())))
    table = pd.DataFrame(rows, columns=['figure', 'label', 'value', 'low', 'high', 'n'])
    return table.assign(stretches=len(sample), of=len(order), minutes=round(minutes, 3))


def ratio_interval(hits: np.ndarray, totals: np.ndarray) -> tuple[float, float, float]:
    """A proportion over sampled stretches with its interval.

    Korn and Graubard (1998): the interval of Clopper and Pearson with the effective size of the sample, which
    is smaller where hits and misses come in clusters.

    Args:
        hits: Hits of each stretch, (m,).
        totals: What could have been a hit, (m,).

    Returns:
        Value, low and high; NaN where there is nothing to count.
    """
    n, m = float(totals.sum()), len(totals)
    if n == 0:
        return float('nan'), float('nan'), float('nan')
    value = float(hits.sum()) / n
    effective = n
    if m > 1 and 0 < value < 1:
        variance = m / (m - 1) * float(((hits - value * totals) ** 2).sum()) / n**2
        effective = min(n, value * (1 - value) / variance) if variance > 0 else n
    tail = (1 - CONFIDENCE) / 2
    if m > 1 and n > 1:
        effective *= min(1.0, float(t.ppf(tail, n - 1) / t.ppf(tail, m - 1)) ** 2)
    right, wrong = value * effective, (1 - value) * effective
    low = float(beta.ppf(tail, right, wrong + 1)) if right > 0 else 0.0
    high = float(beta.ppf(1 - tail, right + 1, wrong)) if wrong > 0 else 1.0
    return value, low, high


def _counts(video: StudyVideo, truth: Events | None, stretch: Stretch) -> np.ndarray:
    """Right detections, detections, found events, events by class, float64 (4, 2)."""
    found = detections(video)
    events = truth or Events.of_rows([])
    overlap = segment_iou(found.segments_s, events.segments_s)
    overlap = np.where(found.labels[:, None] == events.labels[None], overlap, 0.0)
    rows, columns = linear_sum_assignment(np.where(overlap >= MIN_IOU, 1 + overlap, 0.0), maximize=True)
    good = overlap[rows, columns] >= MIN_IOU
    counts = []
    for one, matched in ((found, rows[good]), (events, columns[good])):
        middle = one.segments_s.mean(axis=1)
        inside = (middle >= stretch.first_s) & (middle < stretch.last_s)
        hit = np.isin(np.arange(len(middle)), matched)
        counts += [
            [(chosen & (one.labels == i)).sum() for i in range(2)] for chosen in (hit & inside, inside)
        ]
    return np.array(counts, dtype=np.float64)
