"""How far two coders, or a coder and the spotter, agree: in time and by events."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.detections import CLASSES
from mmaction_mespot.intervals.iou import segment_iou
from mmaction_mespot.study.reviewed import Events

STEP_S = 0.01
"""Step in which time is compared."""
MIN_IOU = 0.5
SAMPLES = 1000


@dataclass(frozen=True)
class VideoAgreement:
    """One video.

    Attributes:
        confusion: Steps by state (none, MaE, ME) of the first and the second one, int64, (3, 3).
        matched: Pairs of events of one class with an IoU of .5 or more.
        first: Number of events of the first one.
        second: Number of events of the second one.
        onset_differences_s: Second onset less the first one, of each pair.
    """

    confusion: np.ndarray
    matched: int
    first: int
    second: int
    onset_differences_s: np.ndarray


def compare_events(first: Events, second: Events, duration_s: float) -> VideoAgreement:
    """Compare the events of one video; where both classes overlap, ME counts.

    Args:
        first: Events of one.
        second: Events of the other one.
        duration_s: Length of the video.
    """
    states = [_states(one, duration_s) for one in (first, second)]
    confusion = np.zeros((3, 3), dtype=np.int64)
    np.add.at(confusion, (states[0], states[1]), 1)
    overlap = segment_iou(first.segments_s, second.segments_s)
    overlap = np.where(first.labels[:, None] == second.labels[None], overlap, 0.0)
    rows, columns = linear_sum_assignment(np.where(overlap >= MIN_IOU, 1 + overlap, 0.0), maximize=True)
    good = overlap[rows, columns] >= MIN_IOU
    rows, columns = rows[good], columns[good]
    differences = second.segments_s[columns, 0] - first.segments_s[rows, 0]
    return VideoAgreement(confusion, len(rows), len(first.labels), len(second.labels), differences)


def cohen_kappa(confusion: np.ndarray) -> float:
    """Cohen's kappa of a table of counts (Cohen 1960); NaN where both know one and the same state only."""
    share = confusion / max(confusion.sum(), 1)
    expected = float(share.sum(axis=1) @ share.sum(axis=0))
    return float('nan') if expected >= 1 else (float(np.trace(share)) - expected) / (1 - expected)


def f1(videos: Sequence[VideoAgreement]) -> float:
    """F1 of the events of several videos; NaN where neither has any."""
    total = sum(video.first + video.second for video in videos)
    return 2 * sum(video.matched for video in videos) / total if total else float('nan')


def agreement_table(
    first: Mapping[str, tuple[Events, float]], second: Mapping[str, tuple[Events, float]], seed: int = 0
) -> pd.DataFrame:
    """Figures over the videos of both, with 95 % intervals by drawing videos (percentile bootstrap).

    Args:
        first: Events and length in seconds by video.
        second: Those of the other one.
        seed: Seed of the draws. Defaults to 0.

    Returns:
        Columns ``figure``, ``value``, ``low``, ``high``, ``videos``, ``n``; the interval is empty for a
        single video.

    Raises:
        MESpotError: If they share no video.
    """
    shared = sorted(first.keys() & second.keys())
    if not shared:
        raise MESpotError(f'no video is coded by both: found {sorted(first)} and {sorted(second)}')
    videos = [compare_events(first[name][0], second[name][0], first[name][1]) for name in shared]
    figures: dict[str, Callable[[Sequence[VideoAgreement]], float]] = {
        'kappa_in_time': lambda chosen: cohen_kappa(np.sum([video.confusion for video in chosen], axis=0)),
        'event_f1': f1,
        'onset_difference_s_mean': lambda chosen: _mean(_differences(chosen)),
        'onset_difference_s_mean_absolute': lambda chosen: _mean(np.abs(_differences(chosen))),
    }
    pairs = sum(video.matched for video in videos)
    counts = dict(
        kappa_in_time=int(sum(video.confusion.sum() for video in videos)),
        event_f1=sum(video.first + video.second for video in videos),
    )
    draws = np.random.default_rng(seed).integers(0, len(videos), (SAMPLES, len(videos)))
    rows = []
    for name, figure in figures.items():
        low = high = float('nan')
        if len(videos) > 1:
            drawn = np.array([figure([videos[place] for place in draw]) for draw in draws])
            if np.isfinite(drawn).any():
                low, high = np.nanquantile(drawn, (0.025, 0.975))
        rows.append((name, figure(videos), low, high, len(videos), counts.get(name, pairs)))
    return pd.DataFrame(rows, columns=['figure', 'value', 'low', 'high', 'videos', 'n'])


def _states(events: Events, duration_s: float) -> np.ndarray:
    """0 none, 1 MaE, 2 ME at each step, int64."""
    states = np.zeros(max(1, int(np.ceil(duration_s / STEP_S))), dtype=np.int64)
    for label in range(len(CLASSES)):
        for start, end in events.segments_s[events.labels == label]:
            first, last = np.rint(np.array((start, end)) / STEP_S).astype(np.int64)
            states[first : last + 1] = label + 1
    return states


def _differences(videos: Sequence[VideoAgreement]) -> np.ndarray:
    return np.concatenate([video.onset_differences_s for video in videos])


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else float('nan')
