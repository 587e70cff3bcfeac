"""Spotters that need no training of a network; those that are models of MMAction2 are imported on demand."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .candidate_movements import CandidateMovementSpotter
    from .feature_difference import HOGFDSpotter, LBPFDSpotter
    from .mdmd import MDMDSpotter
    from .of_fd import OFFDSpotter, ZhaoSpotter
    from .optical_flow import OpticalFlowSpotter
    from .sp_fd import SPFDSpotter

__all__ = [
    'CandidateMovementSpotter',
    'HOGFDSpotter',
    'LBPFDSpotter',
    'MDMDSpotter',
    'OFFDSpotter',
    'OpticalFlowSpotter',
    'SPFDSpotter',
    'ZhaoSpotter',
]

REGISTERED = ('candidate_movements', 'feature_difference', 'mdmd', 'of_fd', 'optical_flow', 'sp_fd')
"""The modules of this room whose import registers spotters."""


def __getattr__(name: str) -> Any:
    """Import the spotters when one is asked for: all else here needs no torch."""
    if name in __all__:
        for module in REGISTERED:
            found = getattr(import_module(f'{__name__}.{module}'), name, None)
            if found is not None:
                return found
    raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
