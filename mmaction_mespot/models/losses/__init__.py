from .boundary_smooth_l1 import BoundarySmoothL1Loss
from .focal_cross_entropy import FocalCrossEntropyLoss

__all__ = ['BoundarySmoothL1Loss', 'FocalCrossEntropyLoss']
