"""The flow spotter as a model of MMAction2."""

from __future__ import annotations

from typing import Any

import numpy as np
from mmaction.registry import MODELS

from mmaction_mespot.intervals.detections import Detections
from mmaction_mespot.spotters.flow_bumps import FlowBumps
from mmaction_mespot.spotters.flow_spotter import FlowSpotter


@MODELS.register_module()
class OpticalFlowSpotter(FlowSpotter):
    """Spots by bumps in the displacement of landmark regions, see :class:`FlowBumps`.

    Args:
        settings: The attributes of :class:`FlowBumps`.

    Raises:
        MESpotError: If a setting is out of range.
    """

    stream = 'flow_roi'

    def __init__(self, **settings: Any) -> None:
        super().__init__()
        self.bumps = FlowBumps(**settings)

    def spot(self, flow: np.ndarray, fps: float, gap: int) -> Detections:
        """Find the candidates of one video, see :meth:`FlowBumps.spot`."""
        return self.bumps.spot(flow, fps, gap)
