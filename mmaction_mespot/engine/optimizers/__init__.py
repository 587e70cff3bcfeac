"""Optimizer wrappers."""

from mmaction_mespot.engine.optimizers.cpu_amp_optim_wrapper import CpuAmpOptimWrapper

__all__ = ['CpuAmpOptimWrapper']
