"""Windows of long videos, their sampler and their transforms."""

from .epoch_sampler import EpochSampler
from .long_video_dataset import LongVideoDataset
from .transforms import *  # noqa: F403

__all__ = ['EpochSampler', 'LongVideoDataset']
