"""Optical flow: one interface, :func:`compute_flow`, over TV-L1 and DIS."""

from mmaction_mespot.preprocessing.flow.compute import METHODS, compute_flow, compute_flows
from mmaction_mespot.preprocessing.flow.tvl1 import TVL1Params

__all__ = ['METHODS', 'TVL1Params', 'compute_flow', 'compute_flows']
