from .bifpn3d import BiFPN3D
from .fpn3d import FPN3D
from .neck_levels import NeckLevels
from .panet3d import PANet3D
from .sequence_necks import LocalGlobalPyramid, SequencePyramid

__all__ = ['FPN3D', 'BiFPN3D', 'LocalGlobalPyramid', 'NeckLevels', 'PANet3D', 'SequencePyramid']
