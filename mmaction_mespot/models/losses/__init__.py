from .boundary_smooth_l1 import BoundarySmoothL1Loss
from .focal_cross_entropy import FocalCrossEntropyLoss
from .focal_sigmoid import FocalSigmoidLoss
from .segment_diou import SegmentDIoULoss

__all__ = ['BoundarySmoothL1Loss', 'FocalCrossEntropyLoss', 'FocalSigmoidLoss', 'SegmentDIoULoss']
