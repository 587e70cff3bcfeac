from .flow_grid import FlowGridBackbone
from .two_stream import TwoStreamBackbone

__all__ = ['FlowGridBackbone', 'TwoStreamBackbone']
