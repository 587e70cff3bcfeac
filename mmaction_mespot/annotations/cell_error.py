"""The error of a single cell."""

from __future__ import annotations

from typing import Any

from mmaction_mespot.errors import MESpotError


class CellError(MESpotError):
    """A cell of a label table that can't be understood; the reader adds file, sheet and row.

    Args:
        column: Its column.
        found: What it holds.
        expected: What it should hold.
    """

    def __init__(self, column: str, found: Any, expected: str) -> None:
        super().__init__(f'column {column}: found {found!r}, expected {expected}')
