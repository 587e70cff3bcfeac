"""What runs around the training."""

from mmaction_mespot.engine.hooks import EpochSeedHook, SpottingVisualizationHook, ThresholdHook

__all__ = ['EpochSeedHook', 'SpottingVisualizationHook', 'ThresholdHook']
