"""What runs around the training."""

from mmaction_mespot.engine.hooks import (
    EpochSeedHook,
    FastCpuHook,
    FrozenNormHook,
    MetricsLoggerHook,
    SpottingVisualizationHook,
    ThresholdHook,
)
from mmaction_mespot.engine.optimizers import CpuAmpOptimWrapper

__all__ = [
    'CpuAmpOptimWrapper',
    'EpochSeedHook',
    'FastCpuHook',
    'FrozenNormHook',
    'MetricsLoggerHook',
    'SpottingVisualizationHook',
    'ThresholdHook',
]
