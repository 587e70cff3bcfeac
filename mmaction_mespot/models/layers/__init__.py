from .depthwise_conv3d import DepthwiseConv3d
from .depthwise_separable_conv3d import DepthwiseSeparableConv3d
from .fast_normalized_fusion import FastNormalizedFusion
from .resize import resize_to
from .squeeze_excite3d import SqueezeExcite3d

__all__ = [
    'DepthwiseConv3d',
    'DepthwiseSeparableConv3d',
    'FastNormalizedFusion',
    'SqueezeExcite3d',
    'resize_to',
]
