from .me_spotter import MESpotter
from .mespot_feature import MESpotFeature
from .scored_tcanet import ScoredTCANet

__all__ = ['MESpotFeature', 'MESpotter', 'ScoredTCANet']
