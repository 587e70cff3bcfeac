"""Optical flow: one interface, :func:`compute_flow`, over TV-L1 and DIS."""

from mmaction_mespot.preprocessing.flow.compute import METHODS, compute_flow

__all__ = ['METHODS', 'compute_flow']
