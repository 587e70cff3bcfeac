from .focal_cross_entropy import FocalCrossEntropyLoss, FocalSigmoidLoss
from .segment_diou import BoundarySmoothL1Loss, SegmentDIoULoss

__all__ = ['BoundarySmoothL1Loss', 'FocalCrossEntropyLoss', 'FocalSigmoidLoss', 'SegmentDIoULoss']
