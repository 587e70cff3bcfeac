"""Spotters that need no training."""

from .optical_flow import OpticalFlowSpotter

__all__ = ['OpticalFlowSpotter']
