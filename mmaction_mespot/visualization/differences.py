"""Differences with their intervals, a panel per group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from mmaction_mespot.evaluation.functional.bootstrap import Interval
from mmaction_mespot.visualization.style import CLASS_COLOURS, GREY, check_groups, new_figure, save_figure

LIMIT = 0.2
"""Largest difference that is drawn to scale; of a larger one the number is written at the border."""


def plot_differences(
    values: Mapping[str, Sequence[Interval]], groups: Sequence[str], path: str | Path, xlabel: str
) -> Path:
    """Draw a row for each name and a panel for each group: a point, its interval, and a line at 0.

    An interval that holds 0 is drawn pale. A value beyond :data:`LIMIT` is written as a number at the border.

    Args:
        values: By name: the difference in each group; NaN leaves a gap.
        groups: Names of the groups (the parts).
        path: The PNG to write.
        xlabel: Name of the axes.

    Returns:
        The written path.

    Raises:
        ValueError: If a name has another number of values than there are groups.
    """
    check_groups(values, groups)
    figure = new_figure(1.2 + 0.32 * len(values))
    panels = np.atleast_1d(figure.subplots(1, len(groups), sharex=True, sharey=True))
    for number, (group, axes) in enumerate(zip(groups, panels, strict=True)):
        axes.axvline(0, color=GREY, linewidth=1)
        for place, row in enumerate(values.values()):
            value, low, high = row[number].value, row[number].low, row[number].high
            shown = dict(color=CLASS_COLOURS[0], alpha=0.4 if low <= 0 <= high else 1.0)
            if abs(value) > LIMIT:
                border, side = float(np.copysign(LIMIT, value)), 'left' if value < 0 else 'right'
                axes.text(border, place, f'{value:+.2f}', ha=side, va='center', fontsize=9, **shown)
                continue
            axes.plot([low, high], [place, place], linewidth=2, **shown)
            axes.plot([value], [place], 'o', markersize=5, **shown)
        axes.set_title(group, fontsize=10)
        axes.set_xlabel(xlabel)
        axes.set_yticks(range(len(values)), list(values))
        axes.set_xlim(-1.05 * LIMIT, 1.05 * LIMIT)
        axes.set_ylim(len(values) - 0.5, -0.5)
        axes.spines[['top', 'right', 'left']].set_visible(False)
        axes.tick_params(axis='y', length=0)
        axes.grid(axis='x', color='#DDDDDD', linewidth=0.6)
        axes.set_axisbelow(True)
    return save_figure(figure, path)
