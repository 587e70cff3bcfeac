from .anchor_free_head import AnchorFreeHead
from .crn_head import CRNHead

__all__ = ['AnchorFreeHead', 'CRNHead']
