"""Metrics for MMEngine's evaluator."""

from mmaction_mespot.evaluation.metrics.spotting_f1 import SpottingF1Metric

__all__ = ['SpottingF1Metric']
