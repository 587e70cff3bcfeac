"""Spotters that need no training."""

from .feature_difference import HOGFDSpotter, LBPFDSpotter
from .mdmd import MDMDSpotter
from .of_fd import OFFDSpotter, ZhaoSpotter
from .optical_flow import OpticalFlowSpotter
from .sp_fd import SPFDSpotter

__all__ = [
    'HOGFDSpotter',
    'LBPFDSpotter',
    'MDMDSpotter',
    'OFFDSpotter',
    'OpticalFlowSpotter',
    'SPFDSpotter',
    'ZhaoSpotter',
]
