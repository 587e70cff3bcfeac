"""F1 of each person: a bar for all expressions, a mark for each class."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from mmaction_mespot.evaluation.functional.counts import OVERALL, Counts
from mmaction_mespot.intervals.detections import CLASSES
from mmaction_mespot.visualization.style import CLASS_COLOURS, GREY, new_figure, save_figure

ROW_INCHES = 0.26
_MARKERS = ('o', 'D')


def plot_subject_bars(counts: Mapping[str, Mapping[str, Counts]], path: str | Path) -> Path:
    """Draw one row per person, the best one above, with the counts at the right.

    A class without labels and detections has no mark. The dashed line is the F1 pooled over all of them,
    which is not the mean of the bars.

    Args:
        counts: By person, then by class name and ``overall``.
        path: The PNG to write.

    Returns:
        The written path.

    Raises:
        ValueError: If there is nobody.
    """
    if not counts:
        raise ValueError('there is nobody to draw')
    names = sorted(counts, key=lambda name: (-counts[name][OVERALL].f1, name))
    figure = new_figure(1.3 + ROW_INCHES * len(names))
    axes = figure.subplots()
    rows = list(range(len(names)))
    axes.barh(rows, [counts[name][OVERALL].f1 for name in names], 0.7, color='#C8C8C8')
    for label, class_name in enumerate(CLASSES):
        there = [(row, counts[name][class_name]) for row, name in zip(rows, names, strict=True)]
        shown = [(row, c.f1) for row, c in there if c.tp + c.fp + c.fn]
        axes.plot(
            [f1 for _, f1 in shown],
            [row for row, _ in shown],
            _MARKERS[label],
            color=CLASS_COLOURS[label],
            markersize=5,
            clip_on=False,
            zorder=3,
        )
    for row, name in zip(rows, names, strict=True):
        c = counts[name][OVERALL]
        axes.text(1.03, row, f'{c.tp} / {c.fp} / {c.fn}', va='center', fontsize=8.5, clip_on=False)
    axes.text(1.03, -1, 'TP / FP / FN', va='center', fontsize=8.5, color=GREY)
    total = sum((counts[name][OVERALL] for name in names), Counts())
    axes.axvline(total.f1, color='black', linestyle='--', linewidth=1.0)
    axes.set_yticks(rows, names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_xlim(0, 1)
    axes.set_xlabel('F1')
    axes.spines[['top', 'right']].set_visible(False)
    axes.tick_params(left=False)
    axes.grid(axis='x', color='#DDDDDD', linewidth=0.6)
    axes.set_axisbelow(True)
    marks = [
        Line2D([], [], color=colour, marker=marker, linestyle='none', markersize=5, label=name)
        for name, colour, marker in zip(CLASSES, CLASS_COLOURS, _MARKERS, strict=True)
    ]
    line = Line2D([], [], color='black', linestyle='--', linewidth=1.0, label=f'pooled {total.f1:.3f}')
    handles = [Patch(facecolor='#C8C8C8', label=OVERALL), *marks, line]
    figure.legend(handles=handles, loc='outside lower center', ncols=4, fontsize=9, frameon=False)
    return save_figure(figure, path)
