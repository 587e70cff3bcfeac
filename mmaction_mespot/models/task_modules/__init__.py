from .boundary_coder import BoundaryCoder
from .point_assigner import PointAssigner
from .segment_anchors import SegmentAnchors
from .segment_assigner import SegmentAssigner
from .segment_points import SegmentPoints

__all__ = ['BoundaryCoder', 'PointAssigner', 'SegmentAnchors', 'SegmentAssigner', 'SegmentPoints']
