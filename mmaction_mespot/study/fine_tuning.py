"""Fine-tuning of a spotter's scores by reviewed stretches, and what it gains on people it did not see."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.spotters.proposals import PROPOSALS, Origin, VideoProposals, choice_of
from mmaction_mespot.spotters.residual import Residual, fit_residual, overlap_targets
from mmaction_mespot.study.calibration import Calibration, calibrate, compare_counts, counts_at, groups_of
from mmaction_mespot.study.reviewed import Events, ReviewedVideo

MIN_MINUTES = 5.0
"""Reviewed minutes below which nothing is fine-tuned."""
MIN_GROUPS = 3
PENALTIES = (float('inf'), 1000.0, 300.0, 100.0, 30.0, 10.0)
"""Strengths of the pull towards the shipped scores that are tried; infinity leaves the scores as they are."""
FOLDS = 5
_LEAST_SCORE = 0.03


@dataclass(frozen=True)
class TuningVideo:
    """A reviewed video with all that the spotter considered in it.

    Attributes:
        group: Person or video; what is judged by the fit to the other groups.
        reviewed: What was reviewed, with the candidates as they were found.
        proposals: What they were chosen from.
        stretches: First and last frame of each reviewed stretch.
    """

    group: str
    reviewed: ReviewedVideo
    proposals: VideoProposals
    stretches: Sequence[tuple[int, int]]

    def rows(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Scores, features and targets of the proposals in the reviewed stretches."""
        told, truth = self.proposals, self.reviewed.truth
        first = np.searchsorted(told.time_s, truth.segments_s[:, 0] - 1e-6)
        behind = np.searchsorted(told.time_s, truth.segments_s[:, 1] + 1e-6, side='right')
        events = np.stack([first, behind], axis=1)
        parts = []
        for face in told.faces:
            found = face.detections
            inside = self._inside(*self._positions(found.segments))
            targets = overlap_targets(found.segments[inside], events, truth.labels, told.fps)
            parts.append((found.scores[inside], face.features[inside], targets))
        return _joined(parts)

    def rescored(self, residual: Residual | None) -> ReviewedVideo:
        """The video as the spotter with this correction would have found it; None: as it was trained."""
        told = self.proposals
        segments, labels, scores = [], [], []
        for face in told.faces:
            new = face.detections.scores
            if residual is not None:
                new = residual(new, face.features)
            found = face.merged(new, choice_of(told.origin), told.fps, len(told.time_s), told.post_processing)
            found = found[found.scores >= _LEAST_SCORE]
            first, last = self._positions(found.segments)
            inside = self._inside(first, last)
            segments.append(np.stack([told.time_s[first], told.time_s[last]], axis=1)[inside])
            labels.append(found.labels[inside])
            scores.append(found.scores[inside])
        candidates = Events(np.concatenate(segments), np.concatenate(labels))
        return replace(self.reviewed, candidates=candidates, scores=np.concatenate(scores))

    def _positions(self, segments: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """First and last position of intervals, rounded as in the results."""
        total = len(self.proposals.time_s)
        whole = np.floor(segments + 0.5).astype(np.int64)
        first = np.clip(whole[:, 0], 0, total - 1)
        return first, np.clip(whole[:, 1], first + 1, total) - 1

    def _inside(self, first: np.ndarray, last: np.ndarray) -> np.ndarray:
        onset, offset = self.proposals.source_index[first], self.proposals.source_index[last]
        inside = np.zeros(len(first), dtype=bool)
        for begin, end in self.stretches:
            inside |= (begin <= onset) & (offset <= end)
        return inside


@dataclass(frozen=True)
class FineTuned:
    """What a fit gives.

    Attributes:
        residual: The correction of the scores.
        calibration: Thresholds and probabilities of the corrected scores, from videos that the correction was
            not fitted to.
        penalty: The strength of the pull that was chosen.
    """

    residual: Residual
    calibration: Calibration
    penalty: float


def tuning_videos(root: Path, videos: Sequence[ReviewedVideo]) -> list[TuningVideo]:
    """The reviewed stretches of videos with what the spotter considered in them.

    Args:
        root: Folder of results.
        videos: As of :func:`~mmaction_mespot.study.reviewed.reviewed_videos`; those without a reviewed
            stretch are left out.

    Raises:
        MESpotError: If too little was reviewed, a video has no proposals, or they are of different spotters.
    """
    chosen = [video for video in videos if video.stretches]
    minutes = sum(video.minutes for video in chosen)
    if minutes < MIN_MINUTES:
        raise MESpotError(
            f'{root}: found {minutes:.1f} minutes in reviewed stretches, expected {MIN_MINUTES:g} or more'
        )
    groups = groups_of([video.name for video in chosen])
    if len(set(groups)) < MIN_GROUPS:
        raise MESpotError(
            f'{root}: found reviewed stretches of {len(set(groups))} people or videos, expected {MIN_GROUPS} '
            'or more: each is judged by a fit to the others'
        )
    found = []
    for video, group in zip(chosen, groups, strict=True):
        proposals = VideoProposals.read(root / video.name / PROPOSALS)
        whole = TuningVideo(group, video, proposals, video.stretches)
        found.append(replace(whole, reviewed=_in_stretches(whole)))
    origins = {video.proposals.origin for video in found}
    if len(origins) > 1:
        names = sorted(f'{one.model} {one.sha256[:8]}' for one in origins)
        raise MESpotError(f'{root}: proposals of different spotters, expected one: {", ".join(names)}')
    return found


def fit_tuning(videos: Sequence[TuningVideo], fallback: tuple[float, float]) -> FineTuned:
    """Fit the correction, its strength, and thresholds.

    Of the strengths of the pull the greatest is taken over which no weaker one shows a gain on groups that
    were left out (see :func:`~mmaction_mespot.study.calibration.compare_counts`); so the scores stay as they
    are unless changing them helps. Thresholds are chosen on the scores of these groups, so that they are not
    those of scores that were fitted to themselves.

    Args:
        videos: Reviewed videos of two groups or more.
        fallback: Thresholds of a class without events.
    """
    rows = [video.rows() for video in videos]
    groups = [video.group for video in videos]
    names = sorted(set(groups))
    fold = np.array([names.index(group) % min(FOLDS, len(names)) for group in groups])
    fits = {
        number: fit_residual(*_joined([rows[i] for i in np.flatnonzero(fold != number)]), PENALTIES)
        for number in np.unique(fold)
    }
    unseen = [
        [video.rescored(fits[number][place]) for video, number in zip(videos, fold, strict=True)]
        for place in range(len(PENALTIES))
    ]
    known = [calibrate(found, fallback) for found in unseen]
    best = strongest_pull(
        [
            np.array([counts_at(video, one.thresholds) for video in found])
            for found, one in zip(unseen, known, strict=True)
        ],
        groups,
    )
    return FineTuned(fit_residual(*_joined(rows), PENALTIES[: best + 1])[best], known[best], PENALTIES[best])


def strongest_pull(counts: Sequence[np.ndarray], groups: Sequence[str]) -> int:
    """The first of several ways over which the best one shows no gain.

    Args:
        counts: Hits, detections and events of each video (v, 3), by way.
        groups: Group of each video.
    """
    scores = [2 * one[:, 0].sum() / max(one[:, 1:].sum(), 1) for one in counts]
    best = int(np.argmax(scores))
    gained = [compare_counts(one, counts[best], groups, 1.0)['gained'] for one in counts[:best]]
    return next((place for place, gain in enumerate(gained) if not gain), best)


def tuning_report(
    videos: Sequence[TuningVideo],
    before: tuple[float, float],
    seed: int = 0,
    fit: Callable[[Sequence[TuningVideo], tuple[float, float]], FineTuned] = fit_tuning,
) -> dict[str, Any]:
    """What fine-tuning gains, each group judged by the fit to the others.

    Args:
        videos: Reviewed videos of three groups or more.
        before: Thresholds in use.
        seed: Seed of the bootstrap over groups. Defaults to 0.
        fit: Fits. Defaults to :func:`fit_tuning`.

    Returns:
        As of :func:`~mmaction_mespot.study.calibration.compare_counts`, and ``over_thresholds``: the same
        against new thresholds alone.
    """
    groups = [video.group for video in videos]
    old, plain, new = (np.zeros((len(videos), 3)) for _ in range(3))
    for group in dict.fromkeys(groups):
        others = [video for video in videos if video.group != group]
        tuned = fit(others, before)
        thresholds = calibrate([video.reviewed for video in others], before).thresholds
        for i in (i for i, name in enumerate(groups) if name == group):
            old[i] = counts_at(videos[i].reviewed, before)
            plain[i] = counts_at(videos[i].reviewed, thresholds)
            new[i] = counts_at(videos[i].rescored(tuned.residual), tuned.calibration.thresholds)
    minutes = sum(video.reviewed.minutes for video in videos)
    return {
        **compare_counts(old, new, groups, minutes, seed),
        'over_thresholds': compare_counts(plain, new, groups, minutes, seed),
    }


def origin_of(videos: Sequence[TuningVideo]) -> Origin:
    """The spotter that all proposals are of."""
    return videos[0].proposals.origin


def _in_stretches(video: TuningVideo) -> ReviewedVideo:
    """Candidates and events that lie in the reviewed stretches, nothing beside them."""
    reviewed, told = video.reviewed, video.proposals
    parts = []
    for events in (reviewed.candidates, reviewed.truth):
        first = np.searchsorted(told.time_s, events.segments_s[:, 0] - 1e-6)
        last = np.searchsorted(told.time_s, events.segments_s[:, 1] + 1e-6, side='right') - 1
        inside = video._inside(np.clip(first, 0, len(told.time_s) - 1), np.maximum(last, 0))
        parts.append((Events(events.segments_s[inside], events.labels[inside]), inside))
    (candidates, kept), (truth, _) = parts
    return replace(reviewed, candidates=candidates, scores=reviewed.scores[kept], truth=truth)


def _joined(
    rows: Sequence[tuple[np.ndarray, np.ndarray, np.ndarray]],
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    scores, features, targets = zip(*rows, strict=True)
    return np.concatenate(scores), np.concatenate(features), np.concatenate(targets)
