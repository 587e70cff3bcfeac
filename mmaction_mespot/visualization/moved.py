"""What moved in the intervals of a video: the face at rest and at the apex, and a curve for each action."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mmaction_mespot.intervals.detections import CLASSES
from mmaction_mespot.visualization.style import CLASS_COLOURS, GREY, new_figure

MAX_ROWS = 12
"""Intervals in the picture; of more the best ones are shown."""
ACTION_COLOURS = ('#009E73', '#CC79A7', '#E69F00')
"""Colours of the curves, the clearest action first, from the palette of Okabe and Ito."""
_LEAST_HEIGHT = 0.01
_PICTURES = ('onset', 'apex')


@dataclass(frozen=True)
class MovedRow:
    """One interval.

    Attributes:
        label: Class, 0 MaE, 1 ME.
        score: Its score, which decides whether it is shown.
        times_s: Onset, apex and offset in seconds.
        words: What moved, one line per action.
        time_s: Time of each value of the curves, (n,).
        curves: Displacement over time per action, inter-ocular distances, (actions, n).
        pictures: The face at onset and apex, (S, S, 3) RGB uint8; empty without pictures.
    """

    label: int
    score: float
    times_s: tuple[float, float, float]
    words: Sequence[str]
    time_s: np.ndarray
    curves: np.ndarray
    pictures: Sequence[np.ndarray] = ()


def plot_moved(title: str, rows: Sequence[MovedRow]) -> Figure:
    """Draw one row per interval, by time.

    Args:
        title: Line above.
        rows: The intervals, at least one.

    Returns:
        The figure.
    """
    best = sorted(range(len(rows)), key=lambda place: -rows[place].score)[:MAX_ROWS]
    shown = [rows[place] for place in sorted(best)]
    if len(shown) < len(rows):
        title += f'      the {len(shown)} intervals of the highest scores'
    figure = new_figure(0.45 + 1.55 * len(shown))
    grid = figure.subplots(len(shown), 3, width_ratios=(1, 1, 4.2), squeeze=False)
    for row, (*pictures, curves) in zip(shown, grid, strict=True):
        _draw_pictures(pictures, row)
        _draw_curves(curves, row)
    grid[-1, -1].set_xlabel('seconds')
    figure.suptitle(title, fontsize=11, x=0.01, ha='left')
    return figure


def _draw_pictures(panels: Sequence[Axes], row: MovedRow) -> None:
    for place, (axes, name) in enumerate(zip(panels, _PICTURES, strict=True)):
        axes.axis('off')
        if row.pictures:
            axes.imshow(row.pictures[place])
            axes.set_title(f'{name} {row.times_s[place]:.2f} s', fontsize=8, pad=2)


def _draw_curves(axes: Axes, row: MovedRow) -> None:
    onset_s, apex_s, offset_s = row.times_s
    for curve, words, colour in zip(row.curves, row.words, ACTION_COLOURS, strict=False):
        axes.plot(row.time_s, curve, color=colour, linewidth=1.4, label=words)
    if len(row.curves):
        axes.legend(loc='upper left', fontsize=8, frameon=False, borderaxespad=0.1)
    else:
        axes.text(0.01, 0.9, 'nothing clear', fontsize=8, color=GREY, va='top', transform=axes.transAxes)
    axes.axvline(apex_s, color=GREY, linewidth=0.8, linestyle=':')
    axes.axhline(0, color='#DDDDDD', linewidth=0.8, zorder=0)
    highest = max(_LEAST_HEIGHT, float(np.max(row.curves, initial=0)))
    lowest = min(0.0, float(np.min(row.curves, initial=0)))
    axes.set_ylim(1.05 * lowest, (1.15 + 0.2 * len(row.curves)) * highest)
    axes.set_xlim(onset_s, max(offset_s, onset_s + 1e-3))
    axes.set_ylabel('IOD', fontsize=8)
    axes.tick_params(labelsize=8)
    axes.spines[['top', 'right']].set_visible(False)
    heading = f'{CLASSES[row.label]} {onset_s:.2f} - {offset_s:.2f} s'
    axes.set_title(heading, fontsize=9, loc='left', pad=2, color=CLASS_COLOURS[row.label])
