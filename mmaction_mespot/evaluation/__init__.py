"""Counting of spotted intervals: pure functions and the registered metric on top of them."""

from mmaction_mespot.evaluation.metrics import SpottingF1Metric

__all__ = ['SpottingF1Metric']
