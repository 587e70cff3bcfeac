"""Grouped bars with error bars: F1 by part and method."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from mmaction_mespot.visualization.style import CLASS_COLOURS, GREY, check_groups, new_figure, save_figure

PALETTE = (*CLASS_COLOURS, GREY, '#009E73', '#E69F00', '#CC79A7', '#56B4E9')
MAX_BAR_WIDTH = 0.25


def plot_bars(
    values: Mapping[str, Sequence[float]],
    groups: Sequence[str],
    path: str | Path,
    spreads: Mapping[str, Sequence[float]] | None = None,
    ylabel: str = 'F1',
) -> Path:
    """Draw one group of bars per group name, one bar per series, with its value above it.

    Args:
        values: By series (a method, a class): one value per group, in [0, 1]; NaN leaves a gap.
        groups: Names of the groups (the parts).
        path: The PNG to write.
        spreads: By series: half-length of the error bars; None for no error bars.
        ylabel: Name of the axis.

    Returns:
        The written path.

    Raises:
        ValueError: If a series has another number of values than there are groups.
    """
    check_groups(values, groups)
    figure = new_figure(3.2)
    axes = figure.subplots()
    width = min(0.8 / max(len(values), 1), MAX_BAR_WIDTH)
    for index, (name, row) in enumerate(values.items()):
        where = np.arange(len(groups)) + (index - (len(values) - 1) / 2) * width
        heights = np.asarray(row, dtype=np.float64)
        errors = None if spreads is None else np.asarray(spreads[name], dtype=np.float64)
        colour = PALETTE[index % len(PALETTE)]
        axes.bar(where, heights, width * 0.9, color=colour, label=name, yerr=errors, ecolor=GREY, capsize=3)
        tops = heights if errors is None else heights + np.nan_to_num(errors)
        for x, height, top in zip(where, heights, tops, strict=True):
            if np.isfinite(height):
                axes.text(x, top + 0.015, f'{height:.2f}', ha='center', va='bottom', fontsize=8.5)
    axes.set_xticks(range(len(groups)), groups)
    axes.set_xlim(-0.75, len(groups) - 0.25)
    axes.set_ylim(0, 1.1)
    axes.set_yticks(np.linspace(0, 1, 6))
    axes.set_ylabel(ylabel)
    axes.spines[['top', 'right']].set_visible(False)
    axes.grid(axis='y', color='#DDDDDD', linewidth=0.6)
    axes.set_axisbelow(True)
    figure.legend(loc='outside right center', fontsize=9, frameon=False)
    return save_figure(figure, path)
