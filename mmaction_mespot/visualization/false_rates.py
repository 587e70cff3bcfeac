"""F1 beside false detections per minute: what is found, and what it costs the person who checks it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from mmaction_mespot.evaluation.functional.bootstrap import Interval
from mmaction_mespot.visualization.bars import PALETTE
from mmaction_mespot.visualization.style import GREY, check_groups, new_figure, save_figure


def plot_false_rates(
    f1: Mapping[str, Sequence[float]],
    labelled: Sequence[str],
    false: Mapping[str, Sequence[Interval | None]],
    parts: Sequence[str],
    path: str | Path,
) -> Path:
    """Draw two rows of bars, a group per part and a bar per method.

    Args:
        f1: By method: F1 of each part with labels, NaN leaves a gap.
        labelled: Names of these parts.
        false: By method: false detections per minute of each part with limits, None leaves a gap.
        parts: Names of all parts.
        path: The PNG to write.

    Returns:
        The written path.

    Raises:
        ValueError: If a method has another number of values than there are parts.
    """
    check_groups(f1, labelled)
    check_groups(false, parts)
    figure = new_figure(5.6)
    above, below = figure.subplots(2, 1)
    width = 0.8 / max(len(false), 1)
    for index, name in enumerate(false):
        shift = (index - (len(false) - 1) / 2) * width
        colour = PALETTE[index % len(PALETTE)]
        above.bar(np.arange(len(labelled)) + shift, f1[name], width * 0.9, color=colour, label=name)
        for x, value in enumerate(f1[name]):
            if np.isfinite(value):
                above.text(x + shift, value + 0.015, f'{value:.2f}', ha='center', va='bottom', fontsize=8)
        for x, rate in enumerate(false[name]):
            if rate is not None:
                errors = [[max(rate.value - rate.low, 0)], [max(rate.high - rate.value, 0)]]
                below.bar(
                    x + shift, rate.value, width * 0.9, color=colour, yerr=errors, ecolor=GREY, capsize=2
                )
                below.text(x + shift, rate.high, f'{rate.value:.1f}', ha='center', va='bottom', fontsize=8)
    above.set_ylim(0, 1.1)
    above.set_ylabel('F1')
    below.set_ylabel('false detections per minute')
    below.set_ylim(bottom=0)
    for axes, groups in ((above, labelled), (below, parts)):
        axes.set_xticks(range(len(groups)), groups)
        axes.set_xlim(-0.6, max(len(groups), 1) - 0.4)
        axes.spines[['top', 'right']].set_visible(False)
        axes.grid(axis='y', color='#DDDDDD', linewidth=0.6)
        axes.set_axisbelow(True)
    handles, names = above.get_legend_handles_labels()
    figure.legend(handles, names, loc='outside right center', fontsize=9, frameon=False)
    return save_figure(figure, path)
