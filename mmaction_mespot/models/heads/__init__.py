from .anchor_free_head import AnchorFreeHead
from .apex_boundary_head import ApexBoundaryHead
from .clip_proposal_head import ClipProposalHead
from .crn_head import CRNHead
from .peak_head import PeakHead
from .trident_head import TridentHead
from .two_branch_head import TwoBranchHead

__all__ = [
    'AnchorFreeHead',
    'ApexBoundaryHead',
    'CRNHead',
    'ClipProposalHead',
    'PeakHead',
    'TridentHead',
    'TwoBranchHead',
]
