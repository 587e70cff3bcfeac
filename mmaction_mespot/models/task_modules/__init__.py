from .boundary_coder import BoundaryCoder
from .segment_anchors import SegmentAnchors
from .segment_assigner import SegmentAssigner

__all__ = ['BoundaryCoder', 'SegmentAnchors', 'SegmentAssigner']
