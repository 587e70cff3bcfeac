"""Spotting without training by the change of appearance: histograms of blocks against those around them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from mmaction.registry import MODELS

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.detections import CLASSES, Detections
from mmaction_mespot.intervals.peaks import peak_intervals
from mmaction_mespot.spotters.flow_spotter import FlowSpotter
from mmaction_mespot.spotters.main_direction import relative_difference, top_mean


def feature_difference(histograms: np.ndarray, step: int) -> np.ndarray:
    """Chi-squared distance of each block to the mean of the frames before and after.

    Args:
        histograms: Of each frame and block, (n, blocks, bins), not negative.
        step: Frames to either side, at least 1; the ends stand for what lies beyond them.

    Returns:
        float64 (n,): the mean over the third of the blocks with the largest distances.
    """
    at = np.arange(len(histograms))
    values = np.empty(len(histograms))
    for first in range(0, len(at), 256):
        some = at[first : first + 256]
        own = histograms[some].astype(np.float64)
        around = (
            histograms[np.maximum(some - step, 0)] + histograms[np.minimum(some + step, len(at) - 1)]
        ) / 2
        total = own + around
        distance = (np.divide((own - around) ** 2, total, where=total > 0, out=np.zeros_like(total))).sum(-1)
        values[some] = top_mean(distance)
    return values


class DifferenceSpotter(FlowSpotter):
    """What LBP-FD and HOG-FD share; they differ in the histograms that the pipeline computes.

    Args:
        length_s: k of (MaE, ME), the mean length of the class, seconds.

    Raises:
        ValueError: If there is not one positive length for each class.
    """

    stream = 'rgb'
    input_key = 'histograms'

    def __init__(self, length_s: Sequence[float] = (1.1, 0.43)) -> None:
        super().__init__()
        if len(length_s) != len(CLASSES) or min(length_s) <= 0:
            raise MESpotError(
                f'{type(self).__name__}: length_s needs positive seconds for each of {CLASSES}, '
                f'found {length_s}'
            )
        self.length_s = tuple(length_s)

    def spot(self, flow: np.ndarray, fps: float, gap: int) -> Detections:
        """Find the candidates of one video, for all thresholds.

        Args:
            flow: Histograms of blocks, (n, blocks, bins).
            fps: Frame rate.
            gap: Not used; part of the interface.

        Returns:
            Candidates of both classes; the score is the p up to which a peak is kept.
        """
        found = []
        for label, length_s in enumerate(self.length_s):
            step = max(1, round(length_s * fps / 2))
            contrast = relative_difference(feature_difference(flow, step), step)
            segments, scores = peak_intervals(contrast, length_s * fps / 2, distance=step)
            found.append(Detections(segments, scores, np.full(len(scores), label)))
        return Detections.concatenate(found)


@MODELS.register_module()
class LBPFDSpotter(DifferenceSpotter):
    """LBP-FD: local binary patterns of a 6 x 6 grid against those half a movement before and after.

    As published: histograms of uniform LBP in 6 x 6 blocks, the chi-squared distance of each frame to the
    mean of the frames k / 2 before and after, the mean of the third of the blocks that change most, its
    contrast to the values k / 2 before and after, and the threshold ``mean + p (max - mean)``. Ours: a k for
    each class (published for micro-expressions alone), intervals of length k around the peaks (published are
    the peaks), the aligned crop in place of the paper's own alignment, and p, which is the score and
    so chosen on validation people.

    Source: Moilanen, Zhao, Pietikainen, "Spotting Rapid Facial Movements from Videos Using Appearance-Based
    Feature Difference Analysis", ICPR 2014; compared in Li et al., the paper's reference [5].

    Args:
        length_s: k of (MaE, ME), the mean length of the class, seconds.
    """


@MODELS.register_module()
class HOGFDSpotter(DifferenceSpotter):
    """HOG-FD: as :class:`LBPFDSpotter`, with histograms of 3-D gradients in regions of FACS.

    As published: 3-D histograms of oriented gradients (the planes xy, xt, yt) in regions that follow the
    action units, and the chi-squared difference. Ours: the boxes of the regions
    (:data:`~mmaction_mespot.preprocessing.appearance.FACS_BOXES`), 8 directions, and what
    :class:`LBPFDSpotter` says of itself; the published baseline threshold per person is left out.

    Source: Davison et al., "Objective Micro-Facial Movement Detection Using FACS-Based Regions and Baseline
    Evaluation", FG 2018, the paper's reference [6].

    Args:
        length_s: k of (MaE, ME), the mean length of the class, seconds.
    """
