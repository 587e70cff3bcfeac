"""F1 against the score threshold, with the thresholds that were chosen without looking at these videos."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.lines import Line2D

from mmaction_mespot.evaluation.functional.protocol import Protocol
from mmaction_mespot.evaluation.functional.protocols import DEFAULT
from mmaction_mespot.evaluation.functional.ranking import rank_class
from mmaction_mespot.evaluation.functional.video_result import VideoResult
from mmaction_mespot.intervals.detections import CLASSES
from mmaction_mespot.visualization.style import CLASS_COLOURS, new_figure, save_figure


def threshold_curve(
    videos: Sequence[VideoResult], label: int, protocol: Protocol = DEFAULT
) -> tuple[np.ndarray, np.ndarray]:
    """F1 of a class for every threshold that makes a difference.

    Args:
        videos: Videos with all their candidates.
        label: The class.
        protocol: How hits are counted; matching is one-to-one in any case. Defaults to the default protocol.

    Returns:
        The distinct scores, rising, and the F1 when all detections of at least that score are kept; both of
        shape (K,).
    """
    ranking = rank_class(videos, label, protocol)
    f1 = 2 * ranking.tp / np.maximum(ranking.detections + ranking.ground_truths, 1)
    return ranking.scores[::-1], f1[::-1]


def plot_threshold_curves(
    videos: Sequence[VideoResult],
    chosen: Mapping[str, Sequence[float]],
    path: str | Path,
    protocol: Protocol = DEFAULT,
) -> Path:
    """Draw the curve of each class; marks below it are the thresholds of the folds, the ring is the best one.

    Args:
        videos: Videos with all their candidates.
        chosen: By class name: the thresholds that the folds used.
        path: The PNG to write.
        protocol: How hits are counted. Defaults to the default protocol.

    Returns:
        The written path.
    """
    figure = new_figure(3.5)
    axes, below = figure.subplots(2, 1, sharex=True, height_ratios=[1, 0.09])
    highest = 0.0
    for label, (name, colour) in enumerate(zip(CLASSES, CLASS_COLOURS, strict=True)):
        scores, f1 = threshold_curve(videos, label, protocol)
        if len(scores):
            # A threshold between two scores keeps what the upper one keeps.
            best = int(np.argmax(f1))
            axes.step([0.0, *scores], [f1[0], *f1], where='pre', color=colour, linewidth=1.4)
            axes.plot(scores[best], f1[best], 'o', markerfacecolor='none', color=colour, markersize=9)
            axes.annotate(
                f'oracle {f1[best]:.3f}',
                (scores[best], f1[best]),
                xytext=(6, 5),
                textcoords='offset points',
                fontsize=8.5,
                color=colour,
            )
            highest = max(highest, float(f1[best]))
        ticks = [value for value in chosen.get(name, []) if np.isfinite(value)]
        below.plot(ticks, [label] * len(ticks), '|', color=colour, markersize=7, clip_on=False)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, max(1.15 * highest, 0.2))
    axes.set_ylabel('F1, pooled')
    axes.tick_params(labelbottom=False, bottom=False)
    below.set_ylim(len(CLASSES) - 0.5, -0.5)
    below.set_yticks([])
    below.spines[['top', 'right', 'left']].set_visible(False)
    below.set_xlabel("score threshold; the short marks are the folds' own")
    axes.spines[['top', 'right']].set_visible(False)
    axes.grid(color='#DDDDDD', linewidth=0.6)
    axes.set_axisbelow(True)
    handles = [Line2D([], [], color=c, label=n) for n, c in zip(CLASSES, CLASS_COLOURS, strict=True)]
    figure.legend(handles=handles, loc='outside right center', fontsize=9, frameon=False)
    return save_figure(figure, path)
