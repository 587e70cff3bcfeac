from .depthwise_conv3d import DepthwiseConv3d
from .depthwise_separable_conv3d import DepthwiseSeparableConv3d
from .fast_normalized_fusion import FastNormalizedFusion
from .resize import resize_to
from .same_padding import pad_same
from .spatial_attention3d import SpatialAttention3d
from .squeeze_excite3d import SqueezeExcite3d

__all__ = [
    'DepthwiseConv3d',
    'DepthwiseSeparableConv3d',
    'FastNormalizedFusion',
    'SpatialAttention3d',
    'SqueezeExcite3d',
    'pad_same',
    'resize_to',
]
