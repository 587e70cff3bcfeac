"""How long the labels that were found, the labels that were missed and the false detections are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

from mmaction_mespot.intervals.detections import CLASSES
from mmaction_mespot.visualization.style import CLASS_COLOURS, GREY, new_figure, save_figure

KINDS = {'TP': 'found labels (TP)', 'FN': 'missed labels (FN)', 'FP': 'false detections (FP)'}
_TICKS_S = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20)
_BINS = 24


def plot_outcome_lengths(lengths: Mapping[tuple[str, int], Sequence[float]], path: str | Path) -> Path:
    """Draw histograms of the lengths on a logarithmic axis, one column per class, one row per kind.

    Args:
        lengths: Seconds, by kind (a key of `KINDS`) and class.
        path: The PNG to write.

    Returns:
        The written path.
    """
    everything = np.concatenate([np.asarray([0.1, 4.0]), *(np.asarray(v, float) for v in lengths.values())])
    low, high = everything.min() / 1.1, everything.max() * 1.1
    bins = np.geomspace(low, high, _BINS + 1)
    figure = new_figure(4.6)
    grid = figure.subplots(len(KINDS), len(CLASSES), sharex=True, sharey='col', squeeze=False)
    for row, (kind, name) in enumerate(KINDS.items()):
        for label, colour in enumerate(CLASS_COLOURS):
            axes, values = grid[row, label], np.asarray(lengths.get((kind, label), []), float)
            style = {
                'TP': dict(facecolor=colour, edgecolor=colour),
                'FN': dict(facecolor='white', edgecolor=colour),
                'FP': dict(facecolor='white', edgecolor=colour, hatch='//////'),
            }[kind]
            axes.hist(values, bins, linewidth=1.0, **style)
            axes.set_xscale('log')
            axes.set_xlim(low, high)
            axes.xaxis.set_major_locator(FixedLocator([t for t in _TICKS_S if low <= t <= high]))
            axes.xaxis.set_minor_locator(NullLocator())
            axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f'{value:g}'))
            axes.yaxis.set_major_locator(MaxNLocator(3, integer=True))
            axes.spines[['top', 'right']].set_visible(False)
            text = f'{len(values)} {name}'
            if len(values):
                middle = float(np.median(values))
                axes.axvline(middle, color='black', linestyle='--', linewidth=1.0)
                text += f', median {middle:.2f} s'
            axes.set_title(text, fontsize=9, loc='left', color=GREY)
    for label, name in enumerate(CLASSES):
        grid[-1, label].set_xlabel(f'{name}: length in seconds')
    return save_figure(figure, path)
