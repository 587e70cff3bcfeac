"""Transforms of windows; flow keeps its meaning (pixels of the crop) under each of them."""

from .activitynet_window import ActivityNetWindow
from .flow_jitter import FlowJitter
from .load_features import LoadFeatures
from .load_streams import LoadStreams
from .load_video_flow import LoadVideoFlow
from .pack_feature_inputs import PackFeatureInputs
from .pack_spotting_inputs import PackSpottingInputs
from .pack_video_flow import PackVideoFlow
from .stream_center_crop import StreamCenterCrop
from .stream_flip import StreamFlip
from .stream_random_crop import StreamRandomCrop
from .stream_resize import StreamResize

__all__ = [
    'ActivityNetWindow',
    'FlowJitter',
    'LoadFeatures',
    'LoadStreams',
    'LoadVideoFlow',
    'PackFeatureInputs',
    'PackSpottingInputs',
    'PackVideoFlow',
    'StreamCenterCrop',
    'StreamFlip',
    'StreamRandomCrop',
    'StreamResize',
]
