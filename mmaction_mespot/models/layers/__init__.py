from .depthwise_conv3d import DepthwiseConv3d, DepthwiseSeparableConv3d
from .fast_normalized_fusion import FastNormalizedFusion
from .resize import pad_same, resize_to
from .squeeze_excite3d import SpatialAttention3d, SqueezeExcite3d

__all__ = [
    'DepthwiseConv3d',
    'DepthwiseSeparableConv3d',
    'FastNormalizedFusion',
    'SpatialAttention3d',
    'SqueezeExcite3d',
    'pad_same',
    'resize_to',
]
