"""A network on a video of any length: bounded memory, every frame through the backbone about once."""

from ..backbones.temporal_context import TemporalContext, crop_context, probe_context
from .feature_stream import FeatureChunk, FeatureStream
from .streaming_spotter import StreamingSpotter
from .window_settings import WindowSettings

__all__ = [
    'FeatureChunk',
    'FeatureStream',
    'StreamingSpotter',
    'TemporalContext',
    'WindowSettings',
    'crop_context',
    'probe_context',
]
