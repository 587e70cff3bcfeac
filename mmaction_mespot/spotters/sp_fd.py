"""Spotting without training by special patterns of the regions' flow."""

from __future__ import annotations

import numpy as np
from mmaction.registry import MODELS

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.detections import Detections
from mmaction_mespot.intervals.peaks import moving_mean
from mmaction_mespot.spotters.flow_spotter import FlowSpotter, best_bumps

EDGE_SHARE = 0.4
"""Share of a lobe's highest speed at its ends: flow between frames far apart blurs where a motion begins."""


def special_patterns(
    velocity: np.ndarray, rest: float, max_frames: float, max_cosine: float = -0.7
) -> np.ndarray:
    """Pairs of lobes in one region's flow that carry it away and back.

    A lobe is a stretch without a turn in which the region moves faster than it does at rest, cut to where it
    moves with at least `EDGE_SHARE` of its highest speed; the sum of its flow is the way it went. Two lobes
    are a pattern if the second one goes the opposite way, at least half as far, with nothing in between that
    does the same. The first begins at the onset, the second ends at the offset, the face stands still between
    them at the apex.

    Args:
        velocity: Flow of one region, px per frame, (n, 2).
        rest: Speed at rest, px per frame.
        max_frames: Longest pattern.
        max_cosine: Largest cosine between the two directions.

    Returns:
        float64 (m, 3): first frame, the one behind the last, and the way of the shorter lobe in px.
    """
    speed = np.linalg.norm(velocity, axis=1)
    lobes = _lobes(velocity, speed > rest)
    for lobe in lobes:
        fast = np.flatnonzero(speed[lobe[0] : lobe[1]] >= EDGE_SHARE * speed[lobe[0] : lobe[1]].max())
        lobe[:] = lobe[0] + fast[0], lobe[0] + fast[-1] + 1
    ways = np.array([velocity[start:end].sum(axis=0) for start, end in lobes]).reshape(-1, 2)
    far = np.linalg.norm(ways, axis=1)
    patterns = []
    for first in range(len(lobes)):
        for second in range(first + 1, len(lobes)):
            if lobes[second, 1] - lobes[first, 0] > max_frames:
                break
            if far[second] < far[first] / 2:
                continue
            if ways[first] @ ways[second] <= max_cosine * far[first] * far[second]:
                patterns.append((lobes[first, 0], lobes[second, 1], min(far[first], far[second])))
            break
    return np.array(patterns, dtype=np.float64).reshape(-1, 3)


def _lobes(velocity: np.ndarray, moving: np.ndarray) -> np.ndarray:
    """Stretches of motion (k, 2), cut where the direction turns by more than a right angle."""
    turns = np.concatenate([[False], (velocity[1:] * velocity[:-1]).sum(axis=1) < 0])
    before = np.concatenate([[False], moving[:-1]])
    after = np.concatenate([moving[1:], [False]])
    begins = moving & (~before | turns)
    ends = moving & (~after | np.concatenate([turns[1:], [False]]))
    return np.stack([np.flatnonzero(begins), np.flatnonzero(ends) + 1], axis=1)


@MODELS.register_module()
class SPFDSpotter(FlowSpotter):
    """SP-FD: the flow of a region rises, peaks and falls in one direction, then does so in the opposite one.

    As published: the local flow of each region of interest minus the global motion (the nose's), the matrix
    of the regions' flow over time, a filter against noise of high frequency, and special patterns of
    magnitude and angle in it that give onset, apex and offset. Ours: what a pattern is in numbers
    (:func:`special_patterns`), the 14 regions of the preparation, the speed at rest (a multiple of the
    region's median speed over the video), and the choice among the regions: of patterns that overlap, the one
    that goes farthest stays. The score is ``1 - way_px / way``, so that the threshold is chosen on validation
    people.

    Source: Zhang Li-Wei, Li Jingting, Wang Su-Jing et al., "Spatio-temporal Fusion for Macro- and
    Micro-expression Spotting in Long Video Sequences", FG 2020.

    Args:
        smooth_s: Width of the low-pass of the flow, seconds.
        rest_factor: Speed at rest as a multiple of the median speed of a region.
        way_px: Least way of the shorter lobe, px of the crop.
        min_length_s: Shortest interval.
        max_length_s: Longest interval.
        nms_iou: Largest IoU of two kept candidates.

    Raises:
        ValueError: If a parameter is out of range.
    """

    stream = 'flow_roi'

    def __init__(
        self,
        smooth_s: float = 0.1,
        rest_factor: float = 2.0,
        way_px: float = 0.1,
        min_length_s: float = 0.2,
        max_length_s: float = 4.0,
        nms_iou: float = 0.0,
    ) -> None:
        super().__init__()
        for name, value in dict(smooth_s=smooth_s, rest_factor=rest_factor, way_px=way_px).items():
            if not value > 0:
                raise MESpotError(f'SPFDSpotter: {name} must be above 0, found {value}')
        if not 0 < min_length_s < max_length_s:
            raise MESpotError(
                f'SPFDSpotter: 0 < min_length_s < max_length_s expected, found {min_length_s}, {max_length_s}'
            )
        self.smooth_s, self.rest_factor, self.way_px = smooth_s, rest_factor, way_px
        self.min_length_s, self.max_length_s, self.nms_iou = min_length_s, max_length_s, nms_iou

    def spot(self, flow: np.ndarray, fps: float, gap: int) -> Detections:
        """Find the candidates of one video, see :meth:`FlowSpotter.spot`.

        The flow is that of the landmark regions, (n, 14, 2).
        """
        velocity = np.nan_to_num(np.asarray(flow, dtype=np.float64)) / gap
        width = max(1, round(self.smooth_s * fps))
        found = [np.zeros((0, 3))]
        for region in velocity.transpose(1, 2, 0):
            smooth = np.stack([moving_mean(axis, width) for axis in region], axis=1)
            rest = self.rest_factor * float(np.median(np.linalg.norm(smooth, axis=1)))
            # A region that never moves has no speed at rest: the least way within the shortest time is one.
            rest = max(rest, self.way_px / (self.max_length_s * fps))
            found.append(special_patterns(smooth, rest, self.max_length_s * fps))
        patterns = np.concatenate(found)
        long_enough = (patterns[:, 1] - patterns[:, 0]) / fps >= self.min_length_s
        patterns = patterns[long_enough & (patterns[:, 2] >= self.way_px)]
        return best_bumps(patterns, self.way_px, self.nms_iou, fps)
