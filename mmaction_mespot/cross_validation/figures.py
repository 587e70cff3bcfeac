"""The figures of a cross-validation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from mmaction_mespot.cross_validation.results import FoldResult
from mmaction_mespot.evaluation.functional.counts import OVERALL, count_by_subject, count_video
from mmaction_mespot.evaluation.functional.outcomes import video_outcomes
from mmaction_mespot.evaluation.functional.protocol import Protocol
from mmaction_mespot.evaluation.functional.video_result import VideoResult
from mmaction_mespot.intervals.detections import CLASSES
from mmaction_mespot.visualization.outcome_lengths import plot_outcome_lengths
from mmaction_mespot.visualization.subject_bars import plot_subject_bars
from mmaction_mespot.visualization.threshold_curve import plot_threshold_curves
from mmaction_mespot.visualization.timeline import plot_timeline

VIDEOS_SHOWN = 3

Shown = tuple[FoldResult, VideoResult]


def draw_figures(results: Sequence[FoldResult], protocol: Protocol, out: Path) -> dict[str, Path]:
    """Draw all figures.

    Args:
        results: The finished folds.
        protocol: The rules; timelines and lengths take its IoU threshold, with one-to-one matching.
        out: Folder of the pictures.

    Returns:
        The pictures by their captions.
    """
    videos = [video for result in results for video in result.dump.videos]
    final = [video for result in results for video in result.as_input().final_videos]
    chosen = {
        name: [r.dump.metainfo['thresholds'][name] for r in results if r.dump.metainfo['thresholds']]
        for name in CLASSES
    }
    pictures = {
        'F1 of each held-out person': plot_subject_bars(
            count_by_subject(final, protocol), out / 'people.png'
        ),
        'F1 against the score threshold, all folds pooled': plot_threshold_curves(
            videos, chosen, out / 'thresholds.png', protocol
        ),
        'Lengths of what was found, missed and false': plot_outcome_lengths(
            outcome_lengths(results, protocol.iou_threshold), out / 'lengths.png'
        ),
    }
    best, worst = best_and_worst(results, protocol)
    for word, shown in (('best', best), ('worst', worst)):
        for number, (result, video) in enumerate(shown, start=1):
            path = out / 'timelines' / f'{word}{number}.png'
            caption = f'{word.capitalize()} videos, {number}: {video.video_id}'
            pictures[caption] = plot_timeline(video, kept_from(result, video), path, protocol.iou_threshold)
    return pictures


def best_and_worst(
    results: Sequence[FoldResult], protocol: Protocol, count: int = VIDEOS_SHOWN
) -> tuple[list[Shown], list[Shown]]:
    """The videos with the highest and with the lowest F1; no video is in both lists.

    Of equal F1 the one with more hits is the better one, the one with more errors the worse one. Videos with
    neither labels nor detections say nothing and are left out.
    """
    ranked: list[tuple[tuple[float, int, int, str], Shown]] = []
    for result in results:
        pairs = zip(result.dump.videos, result.as_input().final_videos, strict=True)
        for video, final in pairs:
            c = count_video(final, protocol)[OVERALL]
            if c.tp + c.fp + c.fn:
                ranked.append(((-c.f1, -c.tp, c.fp + c.fn, video.video_id), (result, video)))
    ranked.sort(key=lambda item: item[0])
    best = [shown for _, shown in ranked[: min(count, (len(ranked) + 1) // 2)]]
    worst = [shown for _, shown in reversed(ranked[len(best) :][-count:])]
    return best, worst


def kept_from(result: FoldResult, video: VideoResult) -> list[float]:
    """The score of each class from which a fold keeps a video's candidates."""
    thresholds = result.dump.metainfo['thresholds']
    if thresholds is not None:
        return [float(thresholds[name]) for name in CLASSES]
    kept = video.with_top_threshold(result.dump.metainfo['top_threshold']).detections.scores
    return [float(kept.min()) if len(kept) else math.inf] * len(CLASSES)


def outcome_lengths(
    results: Sequence[FoldResult], iou_threshold: float
) -> dict[tuple[str, int], list[float]]:
    """Seconds of found labels, missed labels and false detections, by kind and class."""
    lengths: dict[tuple[str, int], list[float]] = {}
    for result in results:
        for video in result.dump.videos:
            for outcome in video_outcomes(video, kept_from(result, video), iou_threshold):
                start, end = outcome.truth or outcome.found or (0.0, 0.0)
                lengths.setdefault((outcome.kind, outcome.label), []).append((end - start) / video.fps)
    return lengths
