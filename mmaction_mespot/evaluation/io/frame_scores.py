"""Detections from one score per frame, by the post-processing that published spotters share."""

from __future__ import annotations

import io
import pickle
from pathlib import Path
from typing import Any

import numpy as np
from scipy.signal import find_peaks

from mmaction_mespot.delimited_text import is_number, read_delimited
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.io.video_detections import UNKNOWN_LABEL, VideoDetections
from mmaction_mespot.intervals.detections import Detections

PEAK_FRACTIONS = {'softnet': 0.55, 'mtsn': 0.55, 'me-tst': 0.55, 'sl-swin': 0.6}
"""``p`` of the threshold by method; the fraction of MTSN and ME-TST is that of SOFTNet, which they follow."""

SUFFIXES = ('.npy', '.csv', '.tsv', '.txt', '.pkl')


def spot_peaks(scores: np.ndarray, half_length: int, fraction: float = 0.55) -> Detections:
    """Intervals around the peaks of a curve (SOFTNet 2021; also MTSN, SL-Swin, ME-TST).

    The curve is smoothed by a moving mean of ``2 k`` frames; its peaks of at least ``mean + p (max - mean)``
    that lie ``k`` frames apart are events, each from ``peak - k`` to ``peak + k``, both included, cut to the
    video.

    Args:
        scores: One score per frame, shape (T,).
        half_length: ``k``, half the mean length of the class, in frames.
        fraction: ``p``, in [0, 1]. Defaults to 0.55.

    Returns:
        The events in order of time, with the smoothed score of the peak, and no class.

    Raises:
        ValueError: If ``k`` or ``p`` lies outside its range, or a score is not finite.
    """
    scores = np.asarray(scores, dtype=np.float64).reshape(-1)
    if half_length < 1 or not 0 <= fraction <= 1 or not np.isfinite(scores).all():
        raise ValueError(
            f'half length of at least 1, fraction in [0, 1] and finite scores expected, found {half_length}, '
            f'{fraction}, {int((~np.isfinite(scores)).sum())} scores that are not finite'
        )
    if len(scores) == 0:
        return Detections.empty()
    width = 2 * half_length
    padded = np.pad(scores, (half_length, half_length - 1), mode='edge')
    smooth = np.convolve(padded, np.full(width, 1 / width), mode='valid')
    height = smooth.mean() + fraction * (smooth.max() - smooth.mean())
    peaks, _ = find_peaks(smooth, height=height, distance=half_length)
    segments = np.stack([peaks - half_length, peaks + half_length + 1], axis=1).clip(0, len(scores))
    return Detections(segments, smooth[peaks], np.full(len(peaks), UNKNOWN_LABEL))


def read_frame_scores(
    folder: str | Path, half_length: int, fraction: float, label: int = UNKNOWN_LABEL
) -> list[VideoDetections]:
    """Read ``<video>.npy``, ``.csv`` or ``.pkl``, one score per frame each, and find their peaks.

    Args:
        folder: The folder, or one file.
        half_length, fraction: As in :func:`spot_peaks`.
        label: Class of all detections. Defaults to -1: by length.

    Raises:
        MESpotError: If there is no such file, or one holds something else than one number per frame.
    """
    folder = Path(folder)
    found = [folder] if folder.is_file() else sorted(folder.rglob('*'))
    paths = [path for path in found if path.suffix.lower() in SUFFIXES]
    if not paths:
        raise MESpotError(f'{folder}: files of frame scores expected ({", ".join(SUFFIXES)}), found none')
    videos = []
    for path in paths:
        try:
            spotted = spot_peaks(_read_scores(path), half_length, fraction)
        except (ValueError, EOFError, pickle.UnpicklingError, TypeError) as error:
            raise MESpotError(f'{path}: one score per frame expected ({error})') from error
        labels = np.full(len(spotted), label)
        videos.append(
            VideoDetections(path.stem, Detections(spotted.segments, spotted.scores, labels), str(path))
        )
    return videos


class _PlainUnpickler(pickle.Unpickler):
    """Reads lists and numbers; whatever would run code is refused."""

    def find_class(self, module: str, name: str) -> Any:
        raise pickle.UnpicklingError(f'holds {module}.{name}, not plain lists of numbers')


def _read_scores(path: Path) -> np.ndarray:
    if path.suffix.lower() == '.npy':
        scores = np.load(path, allow_pickle=False)
    elif path.suffix.lower() == '.pkl':
        scores = np.asarray(_PlainUnpickler(io.BytesIO(path.read_bytes())).load(), dtype=np.float64)
    else:
        rows = [row.cells for row in read_delimited(path)]
        if rows and not any(map(is_number, rows[0])):
            rows = rows[1:]
        scores = np.array(rows, dtype=np.float64)
    if scores.ndim > 1 and max(scores.shape) != scores.size:
        raise ValueError(f'found an array of shape {scores.shape}')
    return scores.reshape(-1)
