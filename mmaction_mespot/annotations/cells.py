"""Cells of label tables as texts, frame numbers and classes."""

from __future__ import annotations

import math
import re
from typing import Any

from mmaction_mespot.intervals.detections import MAE, ME

from .cell_error import CellError
from .read_report import ReadReport

CELL_RULES = {
    'blanks_stripped': 'cells with blanks at their ends: stripped',
    'row_without_labels': 'rows with nothing in the columns of the labels: no events',
}

_CLASSES = {'macro': MAE, 'mae': MAE, 'micro': ME, 'me': ME}


def cell_text(cell: Any, where: dict[str, Any], report: ReadReport) -> str:
    """Give a cell as text without blanks at its ends; whole numbers lose their '.0', an empty cell is ''."""
    if cell is None:
        return ''
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
    if text != text.strip():
        report.add('blanks_stripped', **where, found=repr(text), done=repr(text.strip()))
    return text.strip()


def frame_number(cell: Any, column: str, whole: bool = True) -> float | None:
    """Read a frame number.

    Args:
        cell: The cell.
        column: Its column, for the message.
        whole: Whether fractions are refused. Defaults to True.

    Returns:
        The number, not rounded; None for an empty cell.

    Raises:
        CellError: If it is no such number.
    """
    text = '' if cell is None else str(cell).strip()
    if not text:
        return None
    expected = 'a whole frame number' if whole else 'a frame number'
    if isinstance(cell, bool) or not re.fullmatch(r'-?\d{1,9}(\.\d+)?', text):
        raise CellError(column, cell, expected)
    number = float(text)
    if number < -1 or (whole and not number.is_integer()):
        raise CellError(column, cell, expected)
    return number


def nearest_frame(number: float) -> int:
    """Round to the nearest frame, halves up."""
    return math.floor(number + 0.5)


def event_class(cell: Any, column: str) -> int:
    """Read the class of an event: ``Macro``, ``Micro - 1/2``, ``Macro-expression``, ``mae``, ``ME``, ...

    Raises:
        CellError: If it is neither a macro- nor a micro-expression.
    """
    text = '' if cell is None else str(cell).strip().lower()
    match = re.fullmatch(r'(macro|micro|mae|me)([\s-].*)?', text)
    if match is None:
        raise CellError(column, cell, 'a macro- or micro-expression (Macro..., Micro..., MaE, ME)')
    return _CLASSES[match[1]]
