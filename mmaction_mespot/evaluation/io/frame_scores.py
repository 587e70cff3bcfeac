"""Detections from one score per frame, by the post-processing that published spotters share."""

from __future__ import annotations

import io
import pickle
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.signal import find_peaks

from mmaction_mespot.delimited_text import is_number, read_delimited
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.io.csv_layout import UNKNOWN_LABEL, VideoDetections
from mmaction_mespot.intervals.detections import Detections

SUFFIXES = ('.npy', '.csv', '.tsv', '.txt', '.pkl')


@dataclass(frozen=True)
class PeakRule:
    """How a method finds its events in a curve.

    Attributes:
        fraction: ``p`` of the threshold ``mean + p (max - mean)``, in [0, 1].
        zeros: Whether the curve is 0 beyond the video, so that peaks may lie near its ends and events reach
            outside. If not, only frames count whose whole window of smoothing lies in the video.

    Raises:
        ValueError: If the fraction lies outside its range.
    """

    fraction: float = 0.55
    zeros: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.fraction <= 1:
            raise MESpotError(f'fraction in [0, 1] expected, found {self.fraction}')


PEAK_RULES = {
    'softnet': PeakRule(0.55),
    'mtsn': PeakRule(0.55),
    'sl-swin': PeakRule(0.6),
    'me-tst': PeakRule(0.55, zeros=True),
    'mean': PeakRule(0.55, zeros=True),
}
"""The rules by method; MTSN's is that of SOFTNet, which it follows."""


def spot_peaks(scores: np.ndarray, half_length: int, rule: PeakRule | None = None) -> Detections:
    """Intervals around the peaks of a curve (SOFTNet 2021, MTSN, SL-Swin; MEAN, ME-TST).

    Frame ``i`` gets the mean of the ``2 k`` scores from ``i - k`` to ``i + k - 1``. Peaks of this curve of at
    least ``mean + p (max - mean)`` that lie ``k`` frames apart are events, each from ``peak - k`` to
    ``peak + k``, both included.

    Args:
        scores: One score per frame, shape (T,).
        half_length: ``k``, half the mean length of the class, in frames.
        rule: ``p``, and what lies beyond the video. Defaults to None, which is SOFTNet's.

    Returns:
        The events in order of time, with the smoothed score of the peak, and no class.

    Raises:
        ValueError: If ``k`` is less than 1 or a score is not finite.
    """
    rule = rule or PeakRule()
    scores = np.asarray(scores, dtype=np.float64).reshape(-1)
    if half_length < 1 or not np.isfinite(scores).all():
        raise MESpotError(
            f'half length of at least 1 and finite scores expected, found {half_length}, '
            f'{int((~np.isfinite(scores)).sum())} scores that are not finite'
        )
    first = 0 if rule.zeros else half_length
    if rule.zeros:
        scores = np.pad(scores, (half_length, half_length))
    if len(scores) <= 2 * half_length:
        return Detections.empty()
    smooth = np.lib.stride_tricks.sliding_window_view(scores, 2 * half_length)[:-1].mean(axis=-1)
    height = smooth.mean() + rule.fraction * (smooth.max() - smooth.mean())
    peaks, _ = find_peaks(smooth, height=height, distance=half_length)
    frames = peaks + first
    segments = np.stack([frames - half_length, frames + half_length + 1], axis=1)
    return Detections(segments, smooth[peaks], np.full(len(peaks), UNKNOWN_LABEL))


def read_frame_scores(
    path: str | Path, half_length: int, rule: PeakRule | None = None, label: int = UNKNOWN_LABEL
) -> list[VideoDetections]:
    """Read scores per frame, and find their peaks.

    Files are ``<video>.npy``, ``<video>.csv`` (also ``.tsv``, ``.txt``) with one number in a row, and
    ``<video>.pkl`` with a plain list. A table may have a header, and columns ``score``, ``frame`` (whose gaps
    are faults) and ``video``; a pickle may hold a plain dictionary of lists by video.

    Args:
        path: The folder, or one file.
        half_length, rule: As in :func:`spot_peaks`.
        label: Class of all detections. Defaults to -1: by length.

    Raises:
        MESpotError: If there is no such file, or one holds something else than one number per frame.
    """
    path = Path(path)
    found = [path] if path.is_file() else sorted(path.rglob('*'))
    paths = [one for one in found if one.suffix.lower() in SUFFIXES and one.is_file()]
    if not paths:
        raise MESpotError(f'{path}: files of frame scores expected ({", ".join(SUFFIXES)}), found none')
    videos = []
    for one in paths:
        try:
            for video, scores in _read_scores(one).items():
                spotted = spot_peaks(scores, half_length, rule)
                labels = np.full(len(spotted), label)
                detections = Detections(spotted.segments, spotted.scores, labels)
                videos.append(VideoDetections(video, detections, str(one)))
        except (ValueError, EOFError, pickle.UnpicklingError, TypeError) as error:
            raise MESpotError(f'{one}: one score per frame expected ({error})') from error
    return videos


class _PlainUnpickler(pickle.Unpickler):
    """Reads lists, dictionaries and numbers; whatever would run code is refused."""

    def find_class(self, module: str, name: str) -> Any:
        raise pickle.UnpicklingError(f'holds {module}.{name}, not plain lists of numbers')


def _read_scores(path: Path) -> dict[str, np.ndarray]:
    """Scores by video."""
    if path.suffix.lower() == '.npy':
        return {path.stem: _flat(np.load(path, allow_pickle=False))}
    if path.suffix.lower() == '.pkl':
        data = _PlainUnpickler(io.BytesIO(path.read_bytes())).load()
        if isinstance(data, Mapping):
            return {str(video): _flat(scores) for video, scores in data.items()}
        return {path.stem: _flat(data)}
    rows = [row.cells for row in read_delimited(path)]
    if not rows or any(map(is_number, rows[0])):
        return {path.stem: _flat([[float(cell) for cell in row] for row in rows])}
    return _read_columns([cell.lower() for cell in rows[0]], rows[1:], path.stem)


def _read_columns(header: Sequence[str], rows: Sequence[Sequence[str]], name: str) -> dict[str, np.ndarray]:
    """Scores of a table with a header."""
    if len(header) == 1:
        return {name: _flat([float(cell) for (cell,) in rows])}
    columns = {key: header.index(key) for key in ('video', 'frame', 'score') if key in header}
    if 'score' not in columns:
        raise MESpotError(f'found the columns {list(header)}, expected score, and perhaps frame and video')
    found: dict[str, list[tuple[float, float]]] = {}
    for place, row in enumerate(rows):
        frame = float(row[columns['frame']]) if 'frame' in columns else float(place)
        video = row[columns['video']] if 'video' in columns else name
        found.setdefault(video, []).append((frame, float(row[columns['score']])))
    scores = {}
    for video, pairs in found.items():
        frames, values = np.array(sorted(pairs)).T
        if 'frame' in columns and not (frames == frames[0] + np.arange(len(frames))).all():
            raise MESpotError(
                f'video {video}: frames with gaps or twice, from {frames[0]:g} to {frames[-1]:g}'
            )
        if 'frame' in columns and frames[0] not in (0, 1):
            raise MESpotError(f'video {video}: the first frame is {frames[0]:g}, expected 0 or 1')
        scores[video] = values
    return scores


def _flat(scores: Any) -> np.ndarray:
    values = np.asarray(scores, dtype=np.float64)
    if values.ndim > 1 and max(values.shape) != values.size:
        raise MESpotError(f'found an array of shape {values.shape}')
    return values.reshape(-1)
