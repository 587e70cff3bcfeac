"""Spotting without training by the displacement of landmark regions in a sliding window."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from mmaction.registry import MODELS
from scipy.signal import find_peaks

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.face_regions import REGIONS
from mmaction_mespot.intervals.detections import Detections
from mmaction_mespot.intervals.peaks import moving_mean
from mmaction_mespot.spotters.displacement import displacement
from mmaction_mespot.spotters.flow_spotter import FlowSpotter, best_bumps

ZHAO_WEIGHTS: dict[str, float] = {
    **dict.fromkeys(REGIONS, 1.0),
    # What a blink moves, and what speech moves.
    **dict.fromkeys(('right_cheek', 'left_cheek'), 0.5),
    **dict.fromkeys(('upper_lip', 'chin'), 0.7),
}
"""Weight of each region; those that move without an expression count less."""


def peak_bumps(curve: np.ndarray, height: float, rise: float, share: float, reach: int) -> np.ndarray:
    """Peaks of a curve and how far each goes down to a share of its height.

    Args:
        curve: One number per instant, (n,).
        height: Least value of a peak: the first threshold.
        rise: Least height of a peak above the higher of the two valleys beside it: the second threshold.
        share: Where a side ends: at ``valley + share * (peak - valley)``.
        reach: Most instants of a side.

    Returns:
        float64 (m, 3): first and last instant of each bump, and its rise.
    """
    peaks, found = find_peaks(curve, height=height, prominence=rise)
    bumps = np.zeros((len(peaks), 3))
    for row, (peak, prominence) in enumerate(zip(peaks, found['prominences'], strict=True)):
        level = curve[peak] - (1 - share) * prominence
        before = np.flatnonzero(curve[max(peak - reach, 0) : peak][::-1] <= level)
        after = np.flatnonzero(curve[peak + 1 : peak + 1 + reach] <= level)
        left = before[0] + 1 if len(before) else min(reach, peak)
        right = after[0] + 1 if len(after) else min(reach, len(curve) - 1 - peak)
        bumps[row] = peak - left, peak + right, prominence
    return bumps


@MODELS.register_module()
class OFFDSpotter(FlowSpotter):
    """OF-FD as published: displacement from the first frame of a sliding window, two thresholds on its peaks.

    As published: the 14 regions, their flow minus the nose's, the displacement from the first frame of a
    sliding window, a low-pass, a peak that passes two thresholds, the walk from the peak down to 33 % of its
    height, 30 frames at most, the class by length. Ours: the flow from the first frame is the sum of the
    prepared flow and not computed anew; a region's value is its mean and not the mean of its strongest
    pixels; the sizes of the window, the low-pass and the thresholds, which are not known. The second
    threshold is the score, ``1 - rise_px / rise``, so that it is chosen on validation people. Of candidates
    that overlap, in whatever region and window, the one that rises most stays.

    :class:`OpticalFlowSpotter` is our own spotter after the same idea.

    Source: He Yuhong, "Research on Micro-Expression Spotting Method Based on Optical Flow Features" (OF-FD),
    ACM Multimedia 2021.

    Args:
        window_s: Length of the sliding window, seconds.
        hop_s: From one window to the next.
        smooth_s: Width of the low-pass.
        height_px: First threshold: least displacement of a peak, px of the crop.
        rise_px: Least second threshold: rise of a peak over the valleys beside it.
        share: Share of the height to which the interval goes down. The published one is 0.33.
        reach_s: Longest side of an interval. The published one is 30 frames at 30 per second.
        min_length_s: Shortest interval.
        nms_iou: Largest IoU of two kept candidates.

    Raises:
        ValueError: If a parameter is out of range.
    """

    stream = 'flow_roi'

    def __init__(
        self,
        window_s: float = 3.0,
        hop_s: float = 0.5,
        smooth_s: float = 0.1,
        height_px: float = 0.1,
        rise_px: float = 0.1,
        share: float = 0.33,
        reach_s: float = 1.0,
        min_length_s: float = 0.2,
        nms_iou: float = 0.0,
    ) -> None:
        super().__init__()
        positive = dict(window_s=window_s, hop_s=hop_s, smooth_s=smooth_s, reach_s=reach_s, rise_px=rise_px)
        for name, value in positive.items():
            if not value > 0:
                raise MESpotError(f'{type(self).__name__}: {name} must be above 0, found {value}')
        if not 0 < share < 1 or not 0 <= nms_iou < 1:
            raise MESpotError(
                f'{type(self).__name__}: 0 < share < 1 and 0 <= nms_iou < 1 expected, '
                f'found {share}, {nms_iou}'
            )
        self.window_s, self.hop_s, self.smooth_s = window_s, hop_s, smooth_s
        self.height_px, self.rise_px, self.share, self.reach_s = height_px, rise_px, share, reach_s
        self.min_length_s, self.nms_iou = min_length_s, nms_iou
        self.region_weights = np.ones(len(REGIONS))

    def spot(self, flow: np.ndarray, fps: float, gap: int) -> Detections:
        """Find the candidates of one video, see :meth:`FlowSpotter.spot`.

        The flow is that of the landmark regions, (n, 14, 2).
        """
        trace = displacement(np.nan_to_num(flow), gap)
        length, hop = (max(2, round(seconds * fps)) for seconds in (self.window_s, self.hop_s))
        width = max(1, round(self.smooth_s * fps))
        found = [np.zeros((0, 3))]
        for start in range(0, max(len(trace) - length, 0) + hop, hop):
            window = trace[start : start + length + 1]
            if len(window) < 3:
                continue
            away = np.linalg.norm(window - window[0], axis=-1) * self.region_weights
            for region in away.T:
                bumps = peak_bumps(
                    moving_mean(region, width),
                    self.height_px,
                    self.rise_px,
                    self.share,
                    max(1, round(self.reach_s * fps)),
                )
                found.append(bumps + np.array([start, start, 0.0]))
        bumps = np.concatenate(found)
        bumps = bumps[(bumps[:, 1] - bumps[:, 0]) / fps >= self.min_length_s]
        return best_bumps(bumps, self.rise_px, self.nms_iou, fps)


@MODELS.register_module()
class ZhaoSpotter(OFFDSpotter):
    """OF-FD as Zhao et al. improved it: regions with weights, and suppression by IoU.

    As published: a weight for each region, and non-maximum suppression of the candidates with an IoU of 0.29
    (CAS(ME)^2) or 0.34 (SAMM). Ours: the weights themselves (:data:`ZHAO_WEIGHTS`), which are not known, and
    what :class:`OFFDSpotter` says of itself.

    Source: Zhao Sirui et al., "Rethinking Optical Flow Methods for Micro-Expression Spotting", ACM Multimedia
    2022.

    Args:
        nms_iou: Largest IoU of two kept candidates.
        weights: Weight of some of the :data:`REGIONS`, in place of those of :data:`ZHAO_WEIGHTS`.
        **kwargs: Those of :class:`OFFDSpotter`.

    Raises:
        MESpotError: If a region is unknown or a weight negative.
        ValueError: If another parameter is out of range.
    """

    def __init__(
        self, nms_iou: float = 0.29, weights: Mapping[str, float] | None = None, **kwargs: float
    ) -> None:
        super().__init__(nms_iou=nms_iou, **kwargs)
        unknown = sorted(set(weights or {}) - set(REGIONS))
        chosen = {**ZHAO_WEIGHTS, **(weights or {})}
        if unknown or min(chosen.values()) < 0:
            raise MESpotError(
                f'ZhaoSpotter: weights of at least 0 for some of {", ".join(REGIONS)} expected, '
                f'found {weights}'
            )
        self.region_weights = np.array([chosen[name] for name in REGIONS])
