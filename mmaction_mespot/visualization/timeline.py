"""Timeline of one video: labels above, the score of each class over time, detections below."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from mmaction_mespot.evaluation.functional.outcomes import Interval, Outcome, video_outcomes
from mmaction_mespot.evaluation.functional.video_result import VideoResult
from mmaction_mespot.intervals.detections import CLASSES, Detections
from mmaction_mespot.visualization.style import CLASS_COLOURS, GREY, new_figure, save_figure

LANE_HEIGHT = 0.62
MIN_SHARE = 0.004
"""Narrowest bar, as a share of the video's length: a micro-expression stays visible in a long video."""


def score_curve(candidates: Detections, label: int, total_frames: int) -> np.ndarray:
    """Highest score of the candidates of a class that cover each frame; 0 where none does.

    Args:
        candidates: The merged candidates of a video.
        label: The class.
        total_frames: Length of the video.

    Returns:
        float64, shape (total_frames,).
    """
    curve = np.zeros(total_frames)
    chosen = candidates[candidates.labels == label]
    for (start, end), score in zip(chosen.segments, chosen.scores, strict=True):
        covered = slice(max(int(np.floor(start)), 0), max(int(np.ceil(end)), 0))
        curve[covered] = np.maximum(curve[covered], score)
    return curve


def plot_timeline(
    video: VideoResult, thresholds: Sequence[float], path: str | Path, iou_threshold: float = 0.5
) -> Path:
    """Draw a video's labels, scores and detections over the seconds.

    Labels that were found and detections that hit are filled; missed labels are open with a cross; false
    detections are hatched.

    Args:
        video: A video with all its candidates.
        thresholds: Score threshold per class.
        path: The PNG to write.
        iou_threshold: Smallest IoU of a match.

    Returns:
        The written path.
    """
    fps, seconds = video.fps, video.total_frames / video.fps
    outcomes = video_outcomes(video, thresholds, iou_threshold)
    figure = new_figure(3.4)
    above, middle, below = figure.subplots(3, 1, sharex=True, height_ratios=[0.75, 1.7, 0.75])
    for outcome in outcomes:
        if outcome.truth is not None:
            draw_bar(above, outcome.truth, outcome.label, outcome.kind, fps, seconds)
        if outcome.found is not None:
            draw_bar(below, outcome.found, outcome.label, outcome.kind, fps, seconds)
    _draw_scores(middle, video.detections, thresholds, video.total_frames, fps)
    for axes, name in ((above, 'labels'), (below, 'found')):
        axes.set_ylim(len(CLASSES) - 0.5, -0.5)
        axes.set_yticks(range(len(CLASSES)), CLASSES)
        axes.tick_params(left=False)
        axes.set_ylabel(name)
    for axes in (above, middle):
        axes.tick_params(labelbottom=False, bottom=False)
    for axes in (above, middle, below):
        axes.spines[['top', 'right']].set_visible(False)
        axes.grid(axis='x', color='#DDDDDD', linewidth=0.6)
        axes.set_axisbelow(True)
    below.set_xlim(0, seconds)
    below.set_xlabel('seconds')
    figure.suptitle(timeline_title(video, outcomes), fontsize=11, x=0.01, ha='left')
    figure.legend(handles=_legend(), loc='outside lower center', ncols=7, fontsize=8.5, frameon=False)
    return save_figure(figure, path)


def timeline_title(video: VideoResult, outcomes: Sequence[Outcome]) -> str:
    """Name of the video and its counts: ``s01_0101 (hard)   MaE 2 of 3 found, 1 false   ME ...``."""
    name = video.video_id + (f' ({video.part})' if video.part else '')
    words = [name]
    for label, class_name in enumerate(CLASSES):
        own = [str(outcome.kind) for outcome in outcomes if outcome.label == label]
        count = {kind: own.count(kind) for kind in ('TP', 'FN', 'FP')}
        words.append(f'{class_name} {count["TP"]} of {count["TP"] + count["FN"]} found, {count["FP"]} false')
    return '      '.join(words)


def draw_bar(axes: Axes, interval: Interval, label: int, kind: str, fps: float, seconds: float) -> None:
    """Draw one interval in its class's lane: filled (TP), hatched (FP), open with a cross (FN)."""
    start, length = interval[0] / fps, (interval[1] - interval[0]) / fps
    shown = max(length, MIN_SHARE * seconds)
    left, colour = start + length / 2 - shown / 2, CLASS_COLOURS[label]
    axes.barh(
        label,
        shown,
        left=left,
        height=LANE_HEIGHT,
        facecolor=colour if kind == 'TP' else 'white',
        edgecolor=colour,
        linewidth=1.0,
        hatch='//////' if kind == 'FP' else None,
    )
    if kind == 'FN':
        axes.plot(left + shown / 2, label, marker='x', color='black', markersize=5, markeredgewidth=1.3)


def _draw_scores(
    axes: Axes, candidates: Detections, thresholds: Sequence[float], total_frames: int, fps: float
) -> None:
    """Score curves of both classes with their thresholds."""
    time_s = np.arange(total_frames) / fps
    highest = 0.0
    for label, colour in enumerate(CLASS_COLOURS):
        curve = score_curve(candidates, label, total_frames)
        axes.step(time_s, curve, where='post', color=colour, linewidth=1.2)
        axes.fill_between(time_s, curve, step='post', color=colour, alpha=0.15, linewidth=0)
        if np.isfinite(thresholds[label]):
            axes.axhline(thresholds[label], color=colour, linewidth=1.0, linestyle='--')
            highest = max(highest, thresholds[label])
        highest = max(highest, float(curve.max(initial=0.0)))
    axes.set_ylim(0, 1.08 * highest if highest > 0 else 1.0)
    axes.set_ylabel('score')


def _legend() -> list[Patch | Line2D]:
    """Legend of the marks, the same below each timeline."""
    classes: list[Patch | Line2D] = [
        Patch(facecolor=colour, edgecolor=colour, label=name)
        for name, colour in zip(CLASSES, CLASS_COLOURS, strict=True)
    ]
    cross = Line2D([], [], color='black', marker='x', linestyle='none', markersize=5, label='missed label')
    return [
        *classes,
        Patch(facecolor=GREY, edgecolor=GREY, label='hit'),
        Patch(facecolor='white', edgecolor=GREY, hatch='//////', label='false detection'),
        cross,
        Line2D([], [], color=GREY, linestyle='--', linewidth=1.0, label='threshold'),
    ]
