"""Timeline of a video of one's own: thumbnails at the apexes, what was found, scores, labels if there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import ConnectionPatch, Patch

from mmaction_mespot.intervals.detections import CLASSES
from mmaction_mespot.visualization.style import CLASS_COLOURS, GREY, new_figure

MAX_THUMBNAILS = 10
"""Pictures in the row above; of more intervals the best ones get a picture."""
MIN_SHARE = 0.004
"""Narrowest bar, as a share of the video's length."""
MAX_CURVE_POINTS = 4000


@dataclass(frozen=True)
class TimelineBar:
    """One interval of the timeline.

    Attributes:
        start_s: Its start in seconds.
        end_s: Its end in seconds.
        label: Class, 0 MaE, 1 ME.
        score: Its score; NaN for a label.
        apex_s: Time of its apex in seconds.
        thumbnail: Picture of the face at the apex, (S, S, 3) RGB uint8, or None.
        text: Second line above the picture, such as the action units.
    """

    start_s: float
    end_s: float
    label: int
    score: float = float('nan')
    apex_s: float = float('nan')
    thumbnail: np.ndarray | None = None
    text: str = ''


def video_timeline(
    title: str,
    duration_s: float,
    bars: Sequence[TimelineBar],
    time_s: np.ndarray,
    curves: np.ndarray,
    thresholds: Sequence[float],
    truth: Sequence[TimelineBar] | None = None,
    width: float = 10.0,
    pictures: bool = True,
) -> Figure:
    """Draw the timeline of one video.

    Args:
        title: Line above.
        duration_s: Length of the video, seconds.
        bars: What was found, by time.
        time_s: Times of the curves, (n,).
        curves: Score of each class over time, (2, n).
        thresholds: Smallest score of each class.
        truth: Labelled intervals, or None.
        width: Width of the figure in inches.
        pictures: Whether the row of thumbnails is drawn. Defaults to True.

    Returns:
        The figure.
    """
    shown = _best_with_picture(bars) if pictures else []
    lines = any(bar.text for bar in shown)
    heights = [1.5 if lines else 1.35] * bool(shown) + [0.7] + [0.7] * (truth is not None) + [1.5]
    figure = new_figure(sum(heights) + 0.75, width)
    panels = list(figure.subplots(len(heights), 1, height_ratios=heights, squeeze=False)[:, 0])
    if shown:
        above = panels.pop(0)
    rows = [('found', bars)] + ([('labels', truth)] if truth is not None else [])
    for axes, (name, own) in zip(panels, rows, strict=False):
        _draw_lane(axes, name, own, duration_s)
    _draw_curves(panels[-1], time_s, curves, thresholds)
    for axes in panels:
        axes.set_xlim(0, max(duration_s, 1e-3))
        axes.spines[['top', 'right']].set_visible(False)
        axes.grid(axis='x', color='#DDDDDD', linewidth=0.6)
        axes.set_axisbelow(True)
    for axes in panels[:-1]:
        axes.tick_params(labelbottom=False, bottom=False)
    panels[-1].set_xlabel('seconds')
    if shown:
        _draw_thumbnails(figure, above, panels[0], shown, duration_s)
    figure.suptitle(title, fontsize=11, x=0.01, ha='left')
    figure.legend(handles=_legend(), loc='outside lower center', ncols=3, fontsize=8.5, frameon=False)
    return figure


def _best_with_picture(bars: Sequence[TimelineBar]) -> list[TimelineBar]:
    """The bars that get a picture, by time."""
    best = sorted((bar for bar in bars if bar.thumbnail is not None), key=lambda bar: -bar.score)
    return sorted(best[:MAX_THUMBNAILS], key=lambda bar: bar.apex_s)


def _draw_lane(axes: Axes, name: str, bars: Sequence[TimelineBar], duration_s: float) -> None:
    """Bars of both classes, one row per class; bars that overlap lie in lanes of their row."""
    for label, colour in enumerate(CLASS_COLOURS):
        own = [bar for bar in bars if bar.label == label]
        lengths = np.array([bar.end_s - bar.start_s for bar in own])
        widths = np.maximum(lengths, MIN_SHARE * duration_s)
        lefts = np.array([bar.start_s for bar in own]) + (lengths - widths) / 2
        places = lanes(np.array([bar.start_s for bar in own]), np.array([bar.end_s for bar in own]))
        height = 0.62 / (places.max(initial=0) + 1)
        centres = label - 0.31 + (places + 0.5) * height
        axes.barh(centres, widths, left=lefts, height=0.9 * height, color=colour)
    axes.set_ylim(len(CLASSES) - 0.5, -0.5)
    axes.set_yticks(range(len(CLASSES)), CLASSES)
    axes.tick_params(left=False)
    axes.set_ylabel(name)


def lanes(starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """A lane for each interval, so that none overlaps another of its lane, with as few lanes as possible.

    Args:
        starts: (n,).
        ends: (n,); an interval may start where another ends.

    Returns:
        int64, (n,), from 0.
    """
    free_from: list[float] = []
    lane_of = np.zeros(len(starts), dtype=np.int64)
    for index in np.lexsort((ends, starts)):
        lane = next((i for i, free in enumerate(free_from) if free <= starts[index]), len(free_from))
        free_from[lane : lane + 1] = [float(ends[index])]
        lane_of[index] = lane
    return lane_of


def _draw_curves(axes: Axes, time_s: np.ndarray, curves: np.ndarray, thresholds: Sequence[float]) -> None:
    """Scores of both classes with their thresholds."""
    # Of long videos the highest score of each stretch, so that no peak is lost.
    group = max(1, -(-len(time_s) // MAX_CURVE_POINTS))
    starts = np.arange(0, len(time_s), group)
    highest = max(0.1, *(value for value in thresholds if np.isfinite(value)))
    for curve, colour, threshold in zip(curves, CLASS_COLOURS, thresholds, strict=True):
        if len(curve):
            peaks = np.maximum.reduceat(curve, starts)
            axes.step(time_s[starts], peaks, where='post', color=colour, linewidth=1.1)
            axes.fill_between(time_s[starts], peaks, step='post', color=colour, alpha=0.15, linewidth=0)
            highest = max(highest, float(curve.max()))
        axes.axhline(threshold, color=colour, linewidth=1.0, linestyle='--')
    axes.set_ylim(0, 1.08 * highest)
    axes.set_ylabel('score')


def _draw_thumbnails(
    figure: Figure, above: Axes, lane: Axes, bars: Sequence[TimelineBar], duration_s: float
) -> None:
    """Faces at the apexes, side by side near their times, each with a line to its interval."""
    above.axis('off')
    above.set_xlim(0, MAX_THUMBNAILS)
    above.set_ylim(0, 1.3)
    wanted = np.array([bar.apex_s for bar in bars]) / max(duration_s, 1e-3) * MAX_THUMBNAILS
    for bar, centre in zip(bars, spread(wanted, MAX_THUMBNAILS), strict=True):
        if bar.thumbnail is None:
            continue
        inset = above.inset_axes((centre - 0.46, 0.08, 0.92, 1.0), transform=above.transData)
        inset.imshow(bar.thumbnail)
        inset.set_xticks([])
        inset.set_yticks([])
        for spine in inset.spines.values():
            spine.set(color=CLASS_COLOURS[bar.label], linewidth=2)
        title = f'{CLASSES[bar.label]} {bar.apex_s:.2f} s'
        inset.set_title(f'{title}\n{bar.text}' if bar.text else title, fontsize=8, pad=2)
        line = ConnectionPatch(
            (centre, 0.08),
            ((bar.start_s + bar.end_s) / 2, bar.label - 0.31),
            above.transData,
            lane.transData,
            color=CLASS_COLOURS[bar.label],
            linewidth=0.8,
            alpha=0.7,
        )
        line.set_in_layout(False)
        figure.add_artist(line)


def spread(wanted: np.ndarray, width: float) -> np.ndarray:
    """Places near the wanted ones, at least 1 apart, within ``[0.5, width - 0.5]``.

    Args:
        wanted: Rising places, (n,), n <= width.
        width: Width of the row.

    Returns:
        float64, (n,).
    """
    places = np.asarray(wanted, dtype=np.float64).copy()
    order = np.arange(len(places))
    # Pushed to the right, then back from the right border; each keeps the distance of 1.
    places = np.maximum.accumulate(np.maximum(places, 0.5) - order) + order
    limits = width - 0.5 - order[::-1]
    return np.minimum.accumulate((np.minimum(places, limits) - order)[::-1])[::-1] + order


def _legend() -> list[Patch | Line2D]:
    """Classes and threshold."""
    classes: list[Patch | Line2D] = [
        Patch(color=colour, label=name) for name, colour in zip(CLASSES, CLASS_COLOURS, strict=True)
    ]
    return [*classes, Line2D([], [], color=GREY, linestyle='--', linewidth=1.0, label='threshold')]
