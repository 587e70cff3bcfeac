"""Windows of long videos, their sampler and their transforms."""

from .epoch_sampler import EpochSampler
from .localization import LoadWindowProposals, PseudoVideoDataset, StreamsToFeature
from .long_video_dataset import LongVideoDataset
from .transforms import *  # noqa: F403
from .whole_video_dataset import WholeVideoDataset

__all__ = [
    'EpochSampler',
    'LoadWindowProposals',
    'LongVideoDataset',
    'PseudoVideoDataset',
    'StreamsToFeature',
    'WholeVideoDataset',
]
