"""What the tools call: runs, arguments and conversions; the inferencer stands here by its old name."""

from __future__ import annotations

from typing import Any

__all__ = ['SpottingInferencer']


def __getattr__(name: str) -> Any:
    """Import the inferencer when it is asked for: the command line's help does without it."""
    if name not in __all__:
        raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
    from mmaction_mespot.spotting.inferencer import SpottingInferencer

    return SpottingInferencer
