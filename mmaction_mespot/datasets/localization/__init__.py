"""Windows of long videos as the short videos that MMAction2's localizers know."""

from .load_window_proposals import LoadWindowProposals
from .pseudo_video_dataset import PseudoVideoDataset
from .streams_to_feature import StreamsToFeature

__all__ = ['LoadWindowProposals', 'PseudoVideoDataset', 'StreamsToFeature']
