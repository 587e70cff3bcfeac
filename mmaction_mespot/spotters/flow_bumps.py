"""Spotting without training, from the optical flow of landmark regions; needs no torch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.signal import find_peaks

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.detections import Detections
from mmaction_mespot.intervals.iou import segment_ioa
from mmaction_mespot.intervals.length_classes import label_by_length
from mmaction_mespot.spotters.displacement import bump_contrast, displacement


@dataclass(frozen=True)
class Bump:
    """A candidate: a displacement of some regions that goes back again.

    Attributes:
        center: Middle of the interval, in frames.
        length: Length of the interval, in frames.
        contrast: Rise of the strongest regions, in units of the video's own noise at this length.
        weights: Weighted main direction of each region, (regions, 2): zero for regions that take no part.
    """

    center: float
    length: float
    contrast: float
    weights: np.ndarray


@dataclass(frozen=True)
class FlowBumps:
    """Main-direction flow in landmark regions, after OF-FD.

    An expression carries parts of the face away and back: one lobe of flow (onset) followed by the
    opposite one (offset). The flow of each region, head motion removed, is added up to its displacement,
    in which an expression is one bump along one main direction. Over a ladder of lengths from
    `min_length_s` to `max_length_s`, the contrast of each region between the middle of an interval and
    its surroundings is divided by its median over the video (the adaptive part: what this face does all
    the time at this length is noise). The mean over the `top_regions` strongest regions gives one curve a
    length; its peaks are the candidates. Each candidate's displacement, projected on the main direction
    of its regions, gives the interval: from the middle outwards to where the slope has come down to
    `slope_fraction` of the height. Of candidates that share more than `overlap` of the shorter one, the
    best stays; its class follows from its length. Everything is measured in seconds, so the spotter works
    at any frame rate.

    Source: He Yuhong, "Research on Micro-Expression Spotting Method Based on Optical Flow Features"
    (OF-FD), ACM Multimedia 2021: regions, removal of the head motion, main direction, peaks. The ladder
    of lengths replaces its fixed sliding window.

    Attributes:
        min_length_s: Shortest interval.
        max_length_s: Longest interval.
        length_step: Factor from one length of the ladder to the next.
        top_regions: Number of regions that the score is averaged over.
        slope_fraction: Share of a bump's height at which its interval begins and ends.
        noise_floor_px: Smallest noise of a region, so that a still video gives no scores out of nothing.
        overlap: Largest intersection, over the shorter interval, that two found intervals may have.

    Raises:
        MESpotError: If a parameter is out of range.
    """

    min_length_s: float = 0.2
    max_length_s: float = 4.0
    length_step: float = 1.2
    top_regions: int = 2
    slope_fraction: float = 0.2
    noise_floor_px: float = 0.02
    overlap: float = 0.4

    def __post_init__(self) -> None:
        if not 0 < self.min_length_s < self.max_length_s:
            lengths = f'{self.min_length_s}, {self.max_length_s}'
            raise MESpotError(f'0 < min_length_s < max_length_s expected, found {lengths}')
        if self.length_step <= 1:
            raise MESpotError(f'length_step must be larger than 1, found {self.length_step}')
        if not 0 < self.slope_fraction < 1:
            raise MESpotError(f'slope_fraction must lie between 0 and 1, found {self.slope_fraction}')

    def spot(self, flow: np.ndarray, fps: float, gap: int) -> Detections:
        """Find the candidates of one video, for all thresholds.

        Args:
            flow: Mean flow of each landmark region with the head motion removed, px per `gap` frames,
                (n, regions, 2); a frame without a face (NaN) counts as still.
            fps: Frame rate.
            gap: Frames between the two pictures of a flow field.

        Returns:
            Candidates by falling score, without overlaps; `score` in [0, 1) is the share of the
            contrast that the video's noise does not explain, ``1 - noise / contrast``.
        """
        trace = displacement(np.nan_to_num(flow), gap)
        lengths = self.min_length_s * self.length_step ** np.arange(
            1 + int(np.log(self.max_length_s / self.min_length_s) / np.log(self.length_step))
        )
        bumps = []
        for length in lengths * fps:
            contrast, rise = bump_contrast(trace, length)
            noise = np.maximum(np.median(np.linalg.norm(contrast, axis=2), axis=0), self.noise_floor_px)
            bumps += find_bumps(contrast, rise, noise, length, self.top_regions, length / 2)
        bumps.sort(key=lambda bump: -bump.contrast)
        segments, scores = np.zeros((0, 2)), []
        for bump in bumps:
            interval = np.array([bump_interval(trace, bump, self.slope_fraction)])
            length_s = (interval[0, 1] - interval[0, 0]) / fps
            if not self.min_length_s <= length_s <= self.max_length_s:
                continue
            if (segment_ioa(interval, segments) > self.overlap).any():
                continue
            segments = np.concatenate([segments, interval])
            scores.append(1 - 1 / bump.contrast)
        return Detections(segments, np.array(scores), label_by_length(segments, fps))


def find_bumps(
    contrast: np.ndarray,
    rise: np.ndarray,
    noise: np.ndarray,
    length: float,
    top_regions: int,
    distance: float,
    at_ends: bool = False,
) -> list[Bump]:
    """Peaks of the contrast at one length.

    Args:
        contrast: Contrast of each region as :func:`bump_contrast` gives it, (n, regions, 2).
        rise: Its rise, (n, regions).
        noise: Rise of each region that counts as one, (regions,).
        length: The length in frames.
        top_regions: Number of regions that the height is averaged over, and that make the course.
        distance: Least distance of two peaks in frames.
        at_ends: Whether the first and the last instant can be a peak. Defaults to False.
    """
    strength = np.linalg.norm(contrast, axis=2)
    relative = rise / noise
    strongest = np.sort(relative, axis=1)[:, -top_regions:]
    curve = strongest.mean(axis=1)
    framed = np.pad(curve, int(at_ends))
    peaks, _ = find_peaks(framed, height=1.0, distance=max(1, round(distance)))
    bumps = []
    for peak in peaks - int(at_ends):
        takes_part = relative[peak] >= strongest[peak, 0]
        direction = contrast[peak] / np.maximum(strength[peak], 1e-12)[:, None]
        weights = direction * (takes_part / noise)[:, None]
        bumps.append(Bump(float(peak), length, float(curve[peak]), weights))
    return bumps


def bump_interval(trace: np.ndarray, bump: Bump, fraction: float) -> tuple[float, float]:
    """Interval of a bump from the slopes of its displacement along the main direction.

    Args:
        trace: Displacements, (n, regions, 2).
        bump: The candidate.
        fraction: Share of the height at which the interval begins and ends.

    Returns:
        ``(start, end)`` in frames, within the candidate's length again on either side of its middle.
    """
    reach = round(bump.length)
    first, last = max(round(bump.center) - reach, 0), min(round(bump.center) + reach, len(trace) - 1)
    projected = np.einsum('trc,rc->t', trace[first : last + 1], bump.weights)
    middle = round(bump.center) - first
    quarter = max(round(bump.length / 4), 1)
    low = max(middle - quarter, 0)
    apex = low + int(np.argmax(projected[low : middle + quarter + 1]))
    left = _walk_down(projected[: apex + 1][::-1], fraction)
    right = _walk_down(projected[apex:], fraction)
    return first + apex - left, first + apex + right


def _walk_down(side: np.ndarray, fraction: float) -> float:
    """Distance from the apex (entry 0) to where one side has come down to a share of its height."""
    base = side.min()
    level = base + fraction * (side[0] - base)
    below = np.flatnonzero(side <= level)
    if len(below) == 0 or below[0] == 0:
        return 0.0
    index = int(below[0])
    step = side[index - 1] - side[index]
    return index - 1 + (float((side[index - 1] - level) / step) if step > 0 else 1.0)
