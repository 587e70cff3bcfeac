"""What the tools call, and the inferencer."""

from .inferencer import SpottingInferencer

__all__ = ['SpottingInferencer']
