"""Colours and sizes shared by all pictures: colour-blind safe, readable at the width of a README."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Sized
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure
from matplotlib.text import Text

from mmaction_mespot.atomic_file import whole_file

CLASS_COLOURS = ('#0072B2', '#D55E00')
"""Colour of each class (MaE, ME), from the palette of Okabe and Ito."""

GREY = '#5F5F5F'
WIDTH_INCHES = 10.0
DPI = 110


def new_figure(height: float, width: float = WIDTH_INCHES) -> Figure:
    """An empty figure (inches) that needs no display and no global state."""
    return Figure(figsize=(width, height), dpi=DPI, layout='constrained')


def check_groups(values: Mapping[str, Sized], groups: Sequence[str]) -> None:
    """Check that every series has one value per group.

    Raises:
        ValueError: If one has another number of values.
    """
    for name, row in values.items():
        if len(row) != len(groups):
            raise ValueError(f'Series {name!r} needs {len(groups)} values (one per group), found {len(row)}')


def save_figure(figure: Figure, path: str | Path) -> Path:
    """Write a figure as PNG, whole or not at all, making its folder, and return the path.

    Names of files and people are plain text: a ``$`` in them begins no formula.
    """
    path = Path(path)
    for text in figure.findobj(Text):
        if not isinstance(text, Text) or _is_logarithmic(text.axes):
            continue
        text.set_parse_math(False)
        text.set_text(text.get_text().encode('utf-8', 'replace').decode())
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as temporary:
        figure.savefig(temporary, format='png', facecolor='white', metadata={'Software': None})
    return path


def _is_logarithmic(axes: Any) -> bool:
    """Whether the ticks of axes are powers, which are set as formulas."""
    return axes is not None and 'log' in (axes.get_xscale(), axes.get_yscale())
