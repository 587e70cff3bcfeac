"""How far two coders, or a coder and the spotter, agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from mmaction_mespot.visualization.style import CLASS_COLOURS, GREY, new_figure, save_figure

SHARES = {'kappa_in_time': "Cohen's kappa in time", 'event_f1': 'F1 of events'}
SECONDS = {
    'onset_difference_s_mean': 'mean difference of onsets',
    'onset_difference_s_mean_absolute': 'mean absolute difference',
}


def plot_agreement(
    figures: Mapping[str, Mapping[str, float]], first: str, second: str, path: str | Path
) -> Path:
    """Draw each figure with its 95 % interval over videos: shares at the left, seconds at the right.

    Args:
        figures: ``value``, ``low`` and ``high`` by the names in :data:`SHARES` and :data:`SECONDS`; NaN where
            there is none.
        first: Who is compared.
        second: With whom; differences are theirs less the first one's.
        path: The PNG to write.

    Returns:
        The written path.
    """
    figure = new_figure(2.2)
    left, right = figure.subplots(1, 2)
    _draw(left, figures, SHARES)
    low = min([0.0, *(value for name in SHARES for value in _finite(figures[name]))])
    left.set_xlim(low, 1)
    left.set_xlabel(f'agreement of {first} and {second}')
    _draw(right, figures, SECONDS)
    right.axvline(0, color=GREY, linewidth=1.0, linestyle='--')
    right.set_xlabel(f'seconds, {second} less {first}')
    return save_figure(figure, path)


def _draw(axes: Axes, figures: Mapping[str, Mapping[str, float]], names: Mapping[str, str]) -> None:
    for row, name in enumerate(names):
        one = figures[name]
        axes.hlines(row, one['low'], one['high'], color=CLASS_COLOURS[0], linewidth=1.8)
        axes.plot(one['value'], row, 'o', color=CLASS_COLOURS[0], markersize=6, clip_on=False, zorder=3)
        if np.isfinite(one['value']):
            axes.annotate(
                f'{one["value"]:.3f}',
                (one['value'], row),
                xytext=(0, 7),
                textcoords='offset points',
                ha='center',
                fontsize=8.5,
            )
    axes.set_yticks(range(len(names)), list(names.values()))
    axes.set_ylim(len(names) - 0.5, -0.7)
    axes.spines[['top', 'right', 'left']].set_visible(False)
    axes.tick_params(left=False)
    axes.grid(axis='x', color='#DDDDDD', linewidth=0.6)
    axes.set_axisbelow(True)


def _finite(one: Mapping[str, float]) -> Sequence[float]:
    return [value for value in (one['value'], one['low'], one['high']) if np.isfinite(value)]
