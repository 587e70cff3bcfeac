"""Colours and sizes shared by all pictures: colour-blind safe, readable at the width of a README."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Sized
from pathlib import Path

from matplotlib.figure import Figure

CLASS_COLOURS = ('#0072B2', '#D55E00')
"""Colour of each class (MaE, ME), from the palette of Okabe and Ito."""

GREY = '#5F5F5F'
WIDTH_INCHES = 10.0
DPI = 110


def new_figure(height: float, width: float = WIDTH_INCHES) -> Figure:
    """An empty figure (inches) that needs no display and no global state."""
    return Figure(figsize=(width, height), dpi=DPI, layout='constrained')


def check_groups(values: Mapping[str, Sized], groups: Sequence[str]) -> None:
    """Check that every series has one value a group.

    Raises:
        ValueError: If one has another number of values.
    """
    for name, row in values.items():
        if len(row) != len(groups):
            raise ValueError(f'Series {name!r} needs {len(groups)} values (one a group), found {len(row)}')


def save_figure(figure: Figure, path: str | Path) -> Path:
    """Write a figure as PNG, making its folder, and return the path."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, format='png', facecolor='white', metadata={'Software': None})
    return path
