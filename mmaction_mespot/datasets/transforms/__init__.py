"""Transforms of windows; flow keeps its meaning (pixels of the crop) under each of them."""

from .flow_jitter import FlowJitter
from .load_streams import LoadStreams
from .load_video_flow import LoadVideoFlow
from .pack_spotting_inputs import PackSpottingInputs
from .pack_video_flow import PackVideoFlow
from .stream_center_crop import StreamCenterCrop
from .stream_flip import StreamFlip
from .stream_random_crop import StreamRandomCrop
from .stream_resize import StreamResize

__all__ = [
    'FlowJitter',
    'LoadStreams',
    'LoadVideoFlow',
    'PackSpottingInputs',
    'PackVideoFlow',
    'StreamCenterCrop',
    'StreamFlip',
    'StreamRandomCrop',
    'StreamResize',
]
