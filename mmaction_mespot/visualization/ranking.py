"""What the scores of detections are worth: precision against recall, and hits against scores."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.lines import Line2D

from mmaction_mespot.evaluation.functional.protocol import Protocol
from mmaction_mespot.evaluation.functional.protocols import DEFAULT
from mmaction_mespot.evaluation.functional.rates import RATES, ReliabilityBin, rank_hits
from mmaction_mespot.evaluation.functional.video_result import VideoResult
from mmaction_mespot.intervals.detections import CLASSES
from mmaction_mespot.visualization.style import CLASS_COLOURS, GREY, new_figure, save_figure

CURVES = ((0, CLASSES[0], CLASS_COLOURS[0]), (1, CLASSES[1], CLASS_COLOURS[1]), (None, 'both', 'black'))
_MARKS = ('o', 's')


def plot_precision_recall(
    videos: Sequence[VideoResult], path: str | Path, protocol: Protocol = DEFAULT, timed: bool = True
) -> Path:
    """Draw precision and false detections per minute against recall, a curve for each class and for both.

    Marks show the recall at the rates of :data:`~mmaction_mespot.evaluation.functional.rates.RATES`.

    Args:
        videos: Videos with all their candidates.
        path: The PNG to write.
        protocol: How hits are counted; matching is one to one in any case. Defaults to the default protocol.
        timed: Whether the lengths of all videos are known; else there is no panel of rates. Defaults to True.

    Returns:
        The written path.
    """
    figure = new_figure(4.2)
    panels = figure.subplots(1, 2 if timed else 1, squeeze=False)[0]
    handles = []
    for label, name, colour in CURVES:
        ranked = rank_hits(videos, label, protocol)
        precision, recall, false = ranked.curve()
        ap = ranked.average_precision()
        handles.append(
            Line2D([], [], color=colour, label=f'{name}: AP {ap:.4f}, {int(ranked.truths.sum())} labels')
        )
        if not len(recall):
            continue
        panels[0].step([0.0, *recall], [precision[0], *precision], where='pre', color=colour, linewidth=1.4)
        if not timed:
            continue
        panels[1].step([0.0, *recall], [0.0, *false], where='pre', color=colour, linewidth=1.4)
        for rate, mark in zip(RATES, _MARKS, strict=True):
            panels[1].plot(ranked.recall_at(rate), rate, mark, color=colour, markersize=6, clip_on=False)
    panels[0].set_ylim(0, 1)
    panels[0].set_ylabel('precision')
    if timed:
        panels[1].set_ylim(0, 3 * max(RATES))
        panels[1].set_ylabel('false detections per minute')
        handles += [
            Line2D([], [], color=GREY, marker=mark, linestyle='none', label=f'recall at {rate:g} per minute')
            for rate, mark in zip(RATES, _MARKS, strict=True)
        ]
    for axes in panels:
        axes.set_xlim(0, 1)
        axes.set_xlabel('recall')
        axes.spines[['top', 'right']].set_visible(False)
        axes.grid(color='#DDDDDD', linewidth=0.6)
        axes.set_axisbelow(True)
    figure.legend(handles=handles, loc='outside lower center', ncols=3, fontsize=9, frameon=False)
    return save_figure(figure, path)


def plot_reliability(bins: Sequence[ReliabilityBin], path: str | Path) -> Path:
    """Draw the share of hits against the score, with its interval over people; on the line both agree.

    Args:
        bins: As :func:`~mmaction_mespot.evaluation.functional.rates.reliability` gives them.
        path: The PNG to write.

    Returns:
        The written path.
    """
    figure = new_figure(4.6, width=5.6)
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[1, 0.28])
    upper.plot([0, 1], [0, 1], color=GREY, linestyle='--', linewidth=1.0)
    scores = np.array([one.score for one in bins])
    shares = np.array([one.hits.value for one in bins])
    ends = np.array([(one.hits.low, one.hits.high) for one in bins]).reshape(-1, 2)
    upper.vlines(scores, ends[:, 0], ends[:, 1], color=CLASS_COLOURS[0], linewidth=1.6)
    upper.plot(scores, shares, 'o-', color=CLASS_COLOURS[0], markersize=5, linewidth=1.0, clip_on=False)
    upper.set_ylim(0, 1)
    upper.set_ylabel('share of hits, 95 % interval')
    counts = [one.detections for one in bins]
    lower.bar(
        [one.low for one in bins], counts, [one.high - one.low for one in bins], align='edge', color='#C8C8C8'
    )
    for one in bins:
        lower.annotate(
            str(one.detections),
            ((one.low + one.high) / 2, one.detections),
            ha='center',
            va='bottom',
            fontsize=7.5,
        )
    lower.set_ylim(0, 1.35 * max(counts, default=1))
    lower.set_ylabel('detections')
    lower.set_xlabel('score')
    for axes in (upper, lower):
        axes.set_xlim(0, 1)
        axes.spines[['top', 'right']].set_visible(False)
        axes.grid(color='#DDDDDD', linewidth=0.6)
        axes.set_axisbelow(True)
    return save_figure(figure, path)
