"""The movement spotter as a model of MMAction2, for prepared data sets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from mmaction.registry import MODELS

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.detections import CLASSES, Detections
from mmaction_mespot.spotters.flow_spotter import PreparedSpotter
from mmaction_mespot.spotters.movement import MovementScorer, MovementSpotter


@MODELS.register_module()
class CandidateMovementSpotter(PreparedSpotter):
    """Spots by candidate movements that a small trained scorer judges, see :class:`MovementSpotter`.

    Args:
        thresholds: Smallest scores of MaE and ME. Defaults to None: the validation people choose them.
        scorer: File of the scorer. Defaults to None: the one that ships with the package.

    Raises:
        MESpotError: If the thresholds are none, or the scorer cannot be read.
    """

    def __init__(self, thresholds: Sequence[float] | None = None, scorer: str | None = None) -> None:
        super().__init__()
        self.thresholds = None if thresholds is None else tuple(float(value) for value in thresholds)
        self.scorer = scorer
        self.spotter = MovementSpotter(None if scorer is None else MovementScorer.load(Path(scorer)))
        if self.thresholds is not None:
            if len(self.thresholds) != len(CLASSES):
                raise MESpotError(f'thresholds: found {thresholds}, expected one for each of {CLASSES}')
            self.score_thresholds.copy_(torch.tensor(self.thresholds))

    def spot_inputs(self, inputs: Mapping[str, np.ndarray], meta: Mapping[str, Any]) -> Detections:
        """Find the candidates of one stretch, see :meth:`MovementSpotter.spot`."""
        streams = {'flow_roi': inputs['flow'], **{key: inputs[key] for key in ('head_motion', 'face_shape')}}
        return self.spotter.spot(streams, meta['fps'], meta['flow_gap'], meta['crop_size'])
