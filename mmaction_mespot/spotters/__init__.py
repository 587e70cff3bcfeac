"""Spotters that need no training."""

from .mdmd import MDMDSpotter
from .optical_flow import OpticalFlowSpotter

__all__ = ['MDMDSpotter', 'OpticalFlowSpotter']
