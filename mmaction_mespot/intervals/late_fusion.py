"""Late fusion: a network's candidates scored anew by those of a spotter without training."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.detections import Detections
from mmaction_mespot.intervals.iou import segment_iou


@dataclass(frozen=True)
class LateFusion:
    """Settings of :func:`fuse_detections`.

    Attributes:
        weight: Share of the spotter in a score; the network has the rest.
        min_iou: Least IoU of two candidates that mean the same event.
        dump: The spotter's results on the same videos (a dump JSON of ``tools/test.py``), for the metric;
            None where the caller brings the spotter's candidates.

    Raises:
        MESpotError: If a number is out of its range.
    """

    weight: float
    min_iou: float = 0.5
    dump: str | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.weight <= 1:
            raise MESpotError(f'fusion: weight must lie in [0, 1], found {self.weight!r}')
        if not 0 < self.min_iou <= 1:
            raise MESpotError(f'fusion: min_iou must lie in (0, 1], found {self.min_iou!r}')


def fuse_detections(network: Detections, spotter: Detections, cfg: LateFusion) -> Detections:
    """Fuse the candidates of one video, before any threshold.

    With the weight w, a candidate of the network with score n gets ``(1 - w) n + w s``, where s is the score
    of the spotter's candidate that overlaps it most, or 0 if none reaches `min_iou`. Its interval and class
    stay. A spotter's candidate that overlaps none of the network's gets ``w s``. The scores of both lie in
    [0, 1]; those of the result have a scale of their own, so thresholds have to be chosen anew.

    Args:
        network: The network's candidates, merged over the windows.
        spotter: The spotter's candidates.
        cfg: The settings.

    Returns:
        The network's candidates in their order, then what only the spotter found; they may overlap. With
        weight 0 the network's as they are.
    """
    if cfg.weight == 0:
        return network
    iou = segment_iou(network.segments, spotter.segments)
    same = iou >= cfg.min_iou
    support = np.zeros(len(network))
    if len(spotter):
        partner = iou.argmax(axis=1)
        support = np.where(same.any(axis=1), spotter.scores[partner], 0.0)
    scored = Detections(
        network.segments, (1 - cfg.weight) * network.scores + cfg.weight * support, network.labels
    )
    alone = spotter[np.flatnonzero(~same.any(axis=0))]
    return Detections.concatenate(
        [scored, Detections(alone.segments, cfg.weight * alone.scores, alone.labels)]
    )
