"""Hooks of the training loop."""

from mmaction_mespot.engine.hooks.action_unit_hook import ActionUnitHook
from mmaction_mespot.engine.hooks.epoch_seed_hook import EpochSeedHook
from mmaction_mespot.engine.hooks.fast_cpu_hook import FastCpuHook
from mmaction_mespot.engine.hooks.frozen_norm_hook import FrozenNormHook
from mmaction_mespot.engine.hooks.metrics_logger_hook import MetricsLoggerHook
from mmaction_mespot.engine.hooks.preparation_hook import PreparationHook
from mmaction_mespot.engine.hooks.spotting_visualization_hook import SpottingVisualizationHook
from mmaction_mespot.engine.hooks.threshold_hook import ThresholdHook

__all__ = [
    'ActionUnitHook',
    'EpochSeedHook',
    'FastCpuHook',
    'FrozenNormHook',
    'MetricsLoggerHook',
    'PreparationHook',
    'SpottingVisualizationHook',
    'ThresholdHook',
]
