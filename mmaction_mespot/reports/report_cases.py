"""Choice and preparation of the best and the worst cases of a report."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mmaction_mespot.evaluation.functional.outcomes import Interval, Outcome
from mmaction_mespot.evaluation.functional.video_result import VideoResult
from mmaction_mespot.intervals.detections import CLASSES
from mmaction_mespot.reports.report_data import PreparedVideo
from mmaction_mespot.visualization.cases import Case
from mmaction_mespot.visualization.timeline import score_curve

CROP_SIZE = 192
MARGIN_S = 1.5
"""Seconds of the score shown on either side of a case."""


def best_cases(outcomes: Sequence[Outcome], count: int = 3) -> list[Outcome]:
    """The hits with the highest IoU, one per video as far as there are videos."""
    hits = sorted((o for o in outcomes if o.kind == 'TP'), key=lambda o: (-o.iou, -o.score))
    return _spread_over_videos(hits, count)


def worst_cases(outcomes: Sequence[Outcome], thresholds: Sequence[float], count: int = 3) -> list[Outcome]:
    """The surest false detections and the longest missed labels, by turns, one per video as far as possible.

    A false detection is the surer, the more its score exceeds its class's threshold; a missed label counts by
    its length relative to the median of its class (a long expression should be the easier one).
    """
    false = sorted((o for o in outcomes if o.kind == 'FP'), key=lambda o: thresholds[o.label] - o.score)
    medians = {
        label: np.median([_length(o.truth) for o in outcomes if o.label == label and o.truth] or [1.0])
        for label in range(len(CLASSES))
    }
    missed = sorted(
        (o for o in outcomes if o.kind == 'FN'), key=lambda o: -_length(o.truth) / medians[o.label]
    )
    turns = [o for pair in zip(missed, false, strict=False) for o in pair]
    shorter = min(len(missed), len(false))
    return _spread_over_videos([*turns, *missed[shorter:], *false[shorter:]], count)


def build_case(
    outcome: Outcome,
    video: VideoResult,
    thresholds: Sequence[float],
    prepared: PreparedVideo,
    reason: str | None = None,
) -> Case:
    """Collect what a case's picture shows.

    Args:
        outcome: What happened.
        video: Its video, with all candidates.
        thresholds: Threshold of each class.
        prepared: The same video in the prepared data set.
        reason: Why it went wrong, for the title.

    Returns:
        The case.

    Raises:
        FrameError: If the source frames are not there.
    """
    interval = outcome.truth or outcome.found
    if interval is None:
        raise ValueError(f'An outcome of {outcome.video_id} holds neither a label nor a detection')
    start, end = round(interval[0]), round(interval[1]) - 1
    labelled = prepared.apex(outcome.truth) if outcome.truth else None
    apex = (start + end) // 2 if labelled is None else labelled
    onset_image, apex_image, offset_image = prepared.faces((start, apex, end), CROP_SIZE)
    fps, total = video.fps, video.total_frames
    shown = [i for i in (outcome.truth, outcome.found) if i is not None]
    low = max(int(min(i[0] for i in shown) - MARGIN_S * fps), 0)
    high = min(int(max(i[1] for i in shown) + MARGIN_S * fps), total)
    curve = score_curve(video.detections, outcome.label, total)
    return Case(
        title=case_title(outcome, fps, reason),
        label=outcome.label,
        images=(onset_image, apex_image, offset_image),
        times_s=(start / fps, apex / fps, end / fps),
        curve=curve[low:high],
        curve_times_s=np.arange(low, high) / fps,
        truth_s=_seconds(outcome.truth, fps),
        found_s=_seconds(outcome.found, fps),
        threshold=float(thresholds[outcome.label]),
    )


def case_title(outcome: Outcome, fps: float, reason: str | None) -> str:
    """One line: what it is, where, and how sure or why."""
    interval = outcome.truth or outcome.found or (0.0, 0.0)
    where = outcome.video_id + (f' ({outcome.part})' if outcome.part else '')
    when = f'{interval[0] / fps:.2f} - {interval[1] / fps:.2f} s'
    what = {'TP': 'found', 'FP': 'false detection', 'FN': 'missed'}[outcome.kind]
    words = [f'{CLASSES[outcome.label]} {what}', where, when]
    if outcome.kind == 'TP':
        words.append(f'IoU {outcome.iou:.2f}')
    if outcome.kind != 'FN':
        words.append(f'score {outcome.score:.2f}')
    if reason:
        words.append(reason)
    return '   |   '.join(words)


def _spread_over_videos(ranked: Sequence[Outcome], count: int) -> list[Outcome]:
    """The first `count`, preferring videos that are not there yet."""
    chosen: list[Outcome] = []
    for repeat in (False, True):
        for outcome in ranked:
            taken = {(o.part, o.video_id) for o in chosen}
            fresh = (outcome.part, outcome.video_id) not in taken
            if len(chosen) < count and outcome not in chosen and (repeat or fresh):
                chosen.append(outcome)
    return sorted(chosen, key=ranked.index)


def _length(interval: Interval | None) -> float:
    return 0.0 if interval is None else interval[1] - interval[0]


def _seconds(interval: Interval | None, fps: float) -> tuple[float, float] | None:
    return None if interval is None else (interval[0] / fps, interval[1] / fps)
