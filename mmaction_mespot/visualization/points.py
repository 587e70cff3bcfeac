"""Named points in panels of one logarithmic axis: F1 against speed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from mmaction_mespot.visualization.style import CLASS_COLOURS, GREY, check_groups, new_figure, save_figure


def plot_points(
    names: Sequence[str],
    x: Sequence[float],
    y: Mapping[str, Sequence[float]],
    path: str | Path,
    xlabel: str,
    ylabel: str,
) -> Path:
    """Draw one panel per series, one point per name, its number in it and the list of names beside.

    Args:
        names: Names of the points.
        x: One value above 0 for each, on a logarithmic axis.
        y: By panel: one value in [0, 1] for each point.
        path: The PNG to write.
        xlabel: Name of the horizontal axis.
        ylabel: Name of the vertical axis.

    Returns:
        The written path.

    Raises:
        ValueError: If there is not one value for each name.
    """
    check_groups({xlabel: x, **y}, names)
    figure = new_figure(max(3.4, 0.2 * len(names) + 0.6))
    panels = figure.subplots(1, len(y), sharex=True, sharey=True, squeeze=False)[0]
    for axes, (title, values) in zip(panels, y.items(), strict=True):
        axes.scatter(x, values, s=110, color=CLASS_COLOURS[0], zorder=3)
        for number, (across, up) in enumerate(zip(x, values, strict=True), start=1):
            axes.text(across, up, str(number), ha='center', va='center', color='white', fontsize=7, zorder=4)
        axes.set_xscale('log')
        axes.set_ylim(0, 1)
        axes.set_title(title, fontsize=10)
        axes.set_xlabel(xlabel)
        axes.grid(color='#DDDDDD', linewidth=0.6)
        axes.spines[['top', 'right']].set_visible(False)
    panels[0].set_ylabel(ylabel)
    lines = [f'{number}  {name}' for number, name in enumerate(names, start=1)]
    panels[-1].text(
        1.06, 1.0, '\n'.join(lines), transform=panels[-1].transAxes, va='top', fontsize=8.5, color=GREY
    )
    return save_figure(figure, path)
