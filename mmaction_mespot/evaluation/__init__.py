"""Counting of spotted intervals: pure functions, and the registered metric on top of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mmaction_mespot.evaluation.functional.evaluate_spotting import evaluate_spotting

if TYPE_CHECKING:
    from mmaction_mespot.evaluation.metrics import SpottingF1Metric

__all__ = ['SpottingF1Metric', 'evaluate_spotting']


def __getattr__(name: str) -> Any:
    """The metric is imported when it is asked for: counting needs neither torch nor MMEngine."""
    if name == 'SpottingF1Metric':
        from mmaction_mespot.evaluation.metrics import SpottingF1Metric

        return SpottingF1Metric
    raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
