from .bifpn3d import BiFPN3D
from .fpn3d import FPN3D
from .neck_levels import NeckLevels

__all__ = ['FPN3D', 'BiFPN3D', 'NeckLevels']
