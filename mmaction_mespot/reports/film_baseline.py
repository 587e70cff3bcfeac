"""The baseline that spotters of films have to beat: the summed displacement of all regions, and its peaks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy.ndimage import gaussian_filter1d, median_filter
from scipy.signal import find_peaks, peak_widths

from mmaction_mespot.intervals.detections import Detections
from mmaction_mespot.intervals.length_classes import label_by_length
from mmaction_mespot.preprocessing.faces import FaceTracker
from mmaction_mespot.preprocessing.faces.alignment import EYE_CENTERS
from mmaction_mespot.preprocessing.faces.face_aligner import align_stream
from mmaction_mespot.preprocessing.flow.motion import motion_stream
from mmaction_mespot.preprocessing.preparation_settings import PreparationSettings
from mmaction_mespot.preprocessing.video import open_video_source, resample, working_fps
from mmaction_mespot.spotters.displacement import displacement

# The threshold was set on the real clips of the benchmark: it flatters the baseline there, nobody else.
BASELINE, BASELINE_THRESHOLD = 'baseline', 0.25
_SETTINGS = PreparationSettings(('flow_roi',), crop_size=112, flow_method='tvl1-fast')
_FPS = 30.0
_REST_S, _SMOOTHING_S, _LONGEST_S = 4.0, 0.05, 6.0
# Share of a peak's height at which its interval begins and ends.
_FOOT = 0.2
# A peak this many times as high as the noise of the curve has the score 0.5.
_HALF_SCORE, _LEAST = 4.0, 0.5
_NOISE_QUANTILE, _LEAST_NOISE = 0.25, 0.01


def spot_by_peaks(path: Path, tracker: FaceTracker) -> Detections:
    """Spot a video: each peak of the summed displacement is an event, its class follows its length.

    Args:
        path: The video.
        tracker: The face networks.

    Returns:
        All peaks, in frames of the video.

    Raises:
        NoFaceVideoError: If there is no face.
    """
    source = open_video_source(path)
    fps = working_fps(source.fps, _FPS)
    aligned = align_stream(resample(source, fps), fps, _SETTINGS.crop_size, tracker, name=source.name)
    gap = _SETTINGS.gap(fps)
    entries = [
        (entry.streams['flow_roi'], entry.source_index)
        for entry in motion_stream(aligned, fps, gap, _SETTINGS.streams, _SETTINGS.flow_method)
    ]
    flow, places = (np.stack(column) for column in zip(*entries, strict=True))
    eye_distance = _SETTINGS.crop_size * float(EYE_CENTERS[1, 0] - EYE_CENTERS[0, 0])
    found = peaks_of(displacement(np.nan_to_num(flow), gap)[1:] / eye_distance, fps)
    start = places[found.segments[:, 0].astype(int)]
    end = places[found.segments[:, 1].astype(int) - 1] + 1
    return Detections(np.stack([start, np.maximum(end, start + 1)], axis=1), found.scores, found.labels)


def peaks_of(trace: np.ndarray, fps: float) -> Detections:
    """Peaks of the summed displacement from the rest of the last and the next seconds.

    Args:
        trace: Displacement of each region in inter-ocular distances, shape (n, regions, 2).
        fps: Positions per second.

    Returns:
        Half-open intervals of positions.
    """
    rest = median_filter(trace, size=(round(_REST_S * fps) | 1, 1, 1), mode='nearest')
    summed = np.linalg.norm(trace - rest, axis=-1).sum(axis=1)
    summed = gaussian_filter1d(summed, _SMOOTHING_S * fps)
    noise = max(float(np.quantile(summed, _NOISE_QUANTILE)), _LEAST_NOISE)
    window = round(2 * _LONGEST_S * fps) | 1
    peaks, shape = find_peaks(summed, prominence=_LEAST * noise, wlen=max(window, 3))
    bases = (shape['prominences'], shape['left_bases'], shape['right_bases'])
    _, _, left, right = peak_widths(summed, peaks, 1 - _FOOT, prominence_data=bases)
    start = np.floor(left).astype(int)
    segments = np.stack([start, np.clip(np.ceil(right).astype(int) + 1, start + 1, len(summed))], axis=1)
    height = shape['prominences'] / noise
    return Detections(segments, height / (height + _HALF_SCORE), label_by_length(segments, fps))
