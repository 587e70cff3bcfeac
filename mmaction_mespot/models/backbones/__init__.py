from .flow_grid import FlowGridBackbone
from .inception_i3d import InceptionI3D
from .stage_levels import StageLevels
from .two_stream import TwoStreamBackbone

__all__ = ['FlowGridBackbone', 'InceptionI3D', 'StageLevels', 'TwoStreamBackbone']
