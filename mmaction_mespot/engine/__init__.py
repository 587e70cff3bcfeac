"""What runs around the training."""

from . import hooks, optimizers

__all__ = ['hooks', 'optimizers']
