"""Spotting on videos of one's own: the inferencer, its models, and what it writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .inferencer import SpottingInferencer

__all__ = ['SpottingInferencer']


def __getattr__(name: str) -> Any:
    """Import the inferencer when it is asked for: the command line's help does without it."""
    if name not in __all__:
        raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
    from . import inferencer

    return getattr(inferencer, name)
