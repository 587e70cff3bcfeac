from .flow_grid import FlowGridBackbone
from .frame_levels import FrameLevels
from .inception_i3d import InceptionI3D
from .picture_networks import MTSN, ReferenceFrameCNN, SOFTNet
from .region_networks import ABPN, AUWGCN, METST
from .sl_swin import SLSwin
from .spotformer import SpotFormer
from .stage_levels import StageLevels
from .two_stream import TwoStreamBackbone

__all__ = [
    'ABPN',
    'AUWGCN',
    'METST',
    'MTSN',
    'FlowGridBackbone',
    'FrameLevels',
    'InceptionI3D',
    'ReferenceFrameCNN',
    'SLSwin',
    'SOFTNet',
    'SpotFormer',
    'StageLevels',
    'TwoStreamBackbone',
]
