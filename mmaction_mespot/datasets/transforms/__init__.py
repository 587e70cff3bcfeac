"""Transforms of windows; flow keeps its meaning (pixels of the crop) under each of them."""

from .activitynet_window import ActivityNetWindow
from .flow_jitter import FlowJitter
from .load_features import LoadFeatures
from .load_streams import LoadStreams, LoadVideoFlow, LoadVideoMovement
from .load_video_histograms import LoadVideoHistograms
from .pack_spotting_inputs import PackFeatureInputs, PackSpottingInputs, PackVideoFlow
from .regions_as_picture import RegionsAsPicture
from .stream_resize import StreamCenterCrop, StreamFlip, StreamRandomCrop, StreamResize

__all__ = [
    'ActivityNetWindow',
    'FlowJitter',
    'LoadFeatures',
    'LoadStreams',
    'LoadVideoFlow',
    'LoadVideoHistograms',
    'LoadVideoMovement',
    'PackFeatureInputs',
    'PackSpottingInputs',
    'PackVideoFlow',
    'RegionsAsPicture',
    'StreamCenterCrop',
    'StreamFlip',
    'StreamRandomCrop',
    'StreamResize',
]
