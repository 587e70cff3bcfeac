"""What the errors are made of: why labels were missed and where false detections come from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from mmaction_mespot.evaluation.functional.outcomes import Interval, Outcome, interval_iou
from mmaction_mespot.evaluation.functional.video_result import VideoResult
from mmaction_mespot.intervals.detections import CLASSES
from mmaction_mespot.intervals.iou import segment_iou
from mmaction_mespot.intervals.selection import apply_thresholds

BOUNDARY_IOU = 0.3
"""From here up to the IoU of a match, a detection counts as right but badly bounded."""

DISTRACTOR_COVER = 0.3
"""A distractor explains a false detection when their overlap is at least this share of the shorter one."""

TONIC_SHARE = 0.25
"""Distractors that last longer than this share of the video (drift, breathing) explain nothing by overlap."""

OTHER_CLASS = 'other class'
BOUNDARIES = f'boundaries (IoU {BOUNDARY_IOU:.1f} to the limit)'
BELOW_THRESHOLD = 'score below the threshold'
NO_CANDIDATE = 'no candidate'
SECOND = 'second detection of a found label'
ELSEWHERE = 'nothing known there'


VideoKey = tuple[str | None, str]
"""Part (or None) and video id."""


@dataclass(frozen=True)
class KnownEvents:
    """What a synthetic video is known to hold beyond its labels.

    Attributes:
        distractors: (kind, ``[start, end)`` in frames) of each unlabelled movement.
        amplitudes: (``[start, end)`` in frames, amplitude in inter-ocular distances) of each labelled event.
    """

    distractors: list[tuple[str, Interval]] = field(default_factory=list)
    amplitudes: list[tuple[Interval, float]] = field(default_factory=list)


def miss_reason(
    missed: Outcome, video: VideoResult, thresholds: Sequence[float], iou_threshold: float
) -> str:
    """Why a label was missed.

    Args:
        missed: An ``FN`` outcome.
        video: Its video, with all candidates.
        thresholds: Score threshold per class.
        iou_threshold: Smallest IoU of a match.

    Returns:
        The first that holds: a detection of the other class fits; one of the own class overlaps but its
        boundaries are off; a fitting candidate scored below the threshold; there was no candidate.
    """
    truth, candidates = _truth(missed), video.detections
    kept = apply_thresholds(candidates, thresholds)
    if _best_iou(truth, kept.segments[kept.labels != missed.label]) >= iou_threshold:
        return OTHER_CLASS
    if _best_iou(truth, kept.segments[kept.labels == missed.label]) >= BOUNDARY_IOU:
        return BOUNDARIES
    if _best_iou(truth, candidates.segments[candidates.labels == missed.label]) >= iou_threshold:
        return BELOW_THRESHOLD
    return NO_CANDIDATE


def false_reason(false: Outcome, video: VideoResult, events: KnownEvents | None, iou_threshold: float) -> str:
    """Where a false detection comes from.

    Args:
        false: An ``FP`` outcome.
        video: Its video, with all candidates.
        events: Known distractors of the video, or None.
        iou_threshold: Smallest IoU of a match.

    Returns:
        The first that holds: a second detection of a label; it fits a label of the other class; its
        boundaries are off; the distractor that overlaps most (its kind); nothing known.
    """
    if false.found is None:
        raise ValueError(f'A false detection of {false.video_id} holds no interval')
    own = _best_iou(false.found, video.segments[video.labels == false.label])
    if own >= iou_threshold:
        return SECOND
    if _best_iou(false.found, video.segments[video.labels != false.label]) >= iou_threshold:
        return OTHER_CLASS
    if own >= BOUNDARY_IOU:
        return BOUNDARIES
    if events is None:
        return ELSEWHERE
    cover = [
        (_cover(false.found, interval), kind)
        for kind, interval in events.distractors
        if interval[1] - interval[0] <= TONIC_SHARE * video.total_frames
    ]
    share, kind = max(cover, default=(0.0, ''))
    return kind if share >= DISTRACTOR_COVER else ELSEWHERE


def error_rows(reasons: Sequence[tuple[Outcome, str]], kind: str) -> list[list[str]]:
    """Table rows ``reason, MaE, ME`` of one kind of error (``FN`` or ``FP``), the most frequent first."""
    counts = Counter((reason, outcome.label) for outcome, reason in reasons if outcome.kind == kind)
    totals = Counter(reason for outcome, reason in reasons if outcome.kind == kind)
    return [
        [reason, *(str(counts[reason, label]) for label in range(len(CLASSES)))]
        for reason, _ in totals.most_common()
    ]


def amplitude_rows(
    outcomes: Sequence[Outcome], events: Mapping[VideoKey, KnownEvents], groups: int = 3
) -> list[list[str]]:
    """Share of the labels found by how strong the movement was.

    Args:
        outcomes: Of all videos.
        events: Known amplitudes by (part, video id).
        groups: Number of equally large groups of amplitudes per class.

    Returns:
        Rows ``class, amplitudes from - to, found, labels, share``; empty where no amplitude is known.
    """
    rows = []
    for label, name in enumerate(CLASSES):
        known = [
            (amplitude, outcome.kind == 'TP')
            for outcome in outcomes
            if outcome.label == label
            and outcome.truth is not None
            and (amplitude := _amplitude(outcome, events)) is not None
        ]
        if not known:
            continue
        for part in np.array_split(np.array(sorted(known), dtype=np.float64), min(groups, len(known))):
            found = int(part[:, 1].sum())
            limits = f'{part[0, 0]:.4f} - {part[-1, 0]:.4f}'
            rows.append([name, limits, str(found), str(len(part)), f'{found / len(part):.2f}'])
    return rows


def _amplitude(outcome: Outcome, events: Mapping[VideoKey, KnownEvents]) -> float | None:
    """Amplitude of the known event that best fits a label (IoU at least .5); labels carry jitter."""
    known = events.get((outcome.part, outcome.video_id))
    if known is None:
        return None
    truth = _truth(outcome)
    fits = [(interval_iou(truth, interval), amplitude) for interval, amplitude in known.amplitudes]
    best, amplitude = max(fits, default=(0.0, 0.0))
    return amplitude if best >= 0.5 else None


def _truth(outcome: Outcome) -> Interval:
    if outcome.truth is None:
        raise ValueError(f'A missed label of {outcome.video_id} holds no interval')
    return outcome.truth


def _best_iou(interval: Interval, segments: np.ndarray) -> float:
    return float(segment_iou(np.array([interval]), segments).max(initial=0.0))


def _cover(first: Interval, second: Interval) -> float:
    """Overlap as a share of the shorter interval."""
    overlap = min(first[1], second[1]) - max(first[0], second[0])
    shorter = min(first[1] - first[0], second[1] - second[0])
    return max(0.0, overlap) / shorter if shorter > 0 else 0.0
