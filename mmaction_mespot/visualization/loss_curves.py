"""Loss and validation curves of a training run, from the scalars that mmengine logs."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import numpy as np
from matplotlib.ticker import MaxNLocator

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.visualization.style import CLASS_COLOURS, new_figure, save_figure

Curves = dict[str, tuple[np.ndarray, np.ndarray]]

FEW_POINTS = 20
"""Curves with fewer points show each of them."""

LOSS_COLOURS = ('#000000', '#009E73', '#CC79A7', '#E69F00', '#56B4E9')
SCORE_COLOURS = {'F1': '#000000', 'F1_MaE': CLASS_COLOURS[0], 'F1_ME': CLASS_COLOURS[1]}


def find_scalars(work_dir: str | Path) -> Path | None:
    """The newest ``vis_data/scalars.json`` of a work folder that holds a loss; None if there is none."""
    found = sorted(Path(work_dir).glob('*/vis_data/scalars.json'), key=lambda path: path.parent.parent.name)
    for path in reversed(found):
        if any(name.startswith('loss') for name in read_scalars(path)):
            return path
    return None


_LARGEST = 1e30


def read_scalars(path: str | Path) -> Curves:
    """Read mmengine's scalars, one JSON object per line.

    Args:
        path: ``vis_data/scalars.json`` of a run.

    Returns:
        By name: the steps and the values, both float64 of shape (n,). Losses are given at iterations,
        validation figures at epochs; texts are left out.

    Raises:
        MESpotError: If a line is no JSON object, or holds a number that is not finite.
    """
    points: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
    for number, line in enumerate(Path(path).read_text(encoding='utf-8').splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            step = float(row['step'])
        except (ValueError, KeyError, TypeError, RecursionError, OverflowError) as error:
            expected = 'a JSON object with "step"'
            raise MESpotError(f'{path}, line {number}: expected {expected}, found {line[:80]!r}') from error
        for name, value in [('step', step), *row.items()]:
            if isinstance(value, int | float) and not abs(value) < _LARGEST:
                diverged = ': has the training diverged?' if name.startswith('loss') else ''
                raise MESpotError(
                    f'{path}, line {number}: {name}: found {str(value)[:40]}, expected a finite '
                    f'number{diverged}'
                )
            if name != 'step' and isinstance(value, int | float):
                points[name].append((step, float(value)))
    return {name: (np.array(rows)[:, 0], np.array(rows)[:, 1]) for name, rows in points.items()}


def plot_loss_curves(scalars: Curves, path: str | Path) -> Path:
    """Draw the training losses (log scale) and, where logged, the F1 of the validation part.

    Args:
        scalars: As `read_scalars` gives them.
        path: The PNG to write.

    Returns:
        The written path.

    Raises:
        MESpotError: If the scalars hold no loss.
    """
    losses = {name: curve for name, curve in scalars.items() if name.startswith('loss')}
    if not losses:
        raise MESpotError(f'No loss among the scalars, found only {sorted(scalars)}')
    scores = {
        name.rsplit('/', 1)[-1]: curve
        for name, curve in scalars.items()
        if name.count('/') == 1 and name.rsplit('/', 1)[-1] in SCORE_COLOURS
    }
    figure = new_figure(3.2)
    panels = figure.subplots(1, 2 if scores else 1, squeeze=False)[0]
    names = sorted(losses, key=lambda name: (name != 'loss', name))
    for name, colour in zip(names, LOSS_COLOURS * len(names), strict=False):
        mark = 'o' if len(losses[name][0]) < FEW_POINTS else None
        width = 2.0 if name == 'loss' else 1.3
        panels[0].plot(*losses[name], color=colour, linewidth=width, marker=mark, markersize=3.5, label=name)
    if all((values > 0).all() for _, values in losses.values()):
        panels[0].set_yscale('log')
    panels[0].set_xlabel('iteration')
    panels[0].set_title('training loss', fontsize=11)
    if scores:
        for name, (steps, values) in sorted(scores.items()):
            panels[1].plot(steps, values, 'o-', color=SCORE_COLOURS[name], markersize=3.5, label=name)
        panels[1].set_ylim(0, 1)
        panels[1].set_xlabel('epoch')
        panels[1].set_title('F1 on the validation people', fontsize=11)
    for axes in panels:
        axes.grid(color='#DDDDDD', linewidth=0.6)
        axes.spines[['top', 'right']].set_visible(False)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.legend(fontsize=9, frameon=False)
    return save_figure(figure, path)
