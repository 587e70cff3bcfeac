"""What runs around the training."""

from mmaction_mespot.engine.hooks import EpochSeedHook, ThresholdHook

__all__ = ['EpochSeedHook', 'ThresholdHook']
