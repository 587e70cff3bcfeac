"""The overlapping pairs of labels and detections of many videos, without a matrix of all pairs."""

from __future__ import annotations

import numpy as np

from mmaction_mespot.evaluation.functional.event_table import EventTable


def overlapping_pairs(
    table: EventTable, inclusive_ends: bool = True
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """All pairs of a detection and a label of one video that overlap, with their IoU.

    The videos are laid one behind the other on one time axis; two binary searches give each detection the
    run of labels that can overlap it.

    Args:
        table: Labels and detections.
        inclusive_ends: Whether intervals hold their last frame, see
            :class:`~mmaction_mespot.evaluation.functional.protocol.Protocol`. Defaults to True.

    Returns:
        Indices of the detections (P,), indices of the labels (P,), IoU > 0 (P,).
    """
    found, truth = table.found_segments, table.truth_segments
    if not inclusive_ends:
        found, truth = _without_last_frame(found), _without_last_frame(truth)
    if not len(found) or not len(truth):
        return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)
    low = min(found.min(), truth.min())
    span = max(found.max(), truth.max()) - low + 1
    found_axis = found - low + (table.found_video * span)[:, None]
    truth_starts = truth[:, 0] - low + table.truth_video * span
    order = np.argsort(truth_starts, kind='stable')
    starts = truth_starts[order]
    longest = (truth[:, 1] - truth[:, 0]).max()
    first = np.searchsorted(starts, found_axis[:, 0] - longest, side='left')
    last = np.searchsorted(starts, found_axis[:, 1], side='left')
    sizes = np.maximum(last - first, 0)
    rows = np.repeat(np.arange(len(found)), sizes)
    within = np.arange(len(rows)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    columns = order[first[rows] + within]
    one_video = table.found_video[rows] == table.truth_video[columns]
    rows, columns = rows[one_video], columns[one_video]
    a, b = found[rows], truth[columns]
    shared = np.minimum(a[:, 1], b[:, 1]) - np.maximum(a[:, 0], b[:, 0])
    overlap = shared > 0
    rows, columns, a, b, shared = (array[overlap] for array in (rows, columns, a, b, shared))
    return rows, columns, shared / ((a[:, 1] - a[:, 0]) + (b[:, 1] - b[:, 0]) - shared)


def _without_last_frame(segments: np.ndarray) -> np.ndarray:
    """From the first frame to the beginning of the last one."""
    return np.stack([segments[:, 0], np.maximum(segments[:, 1] - 1, segments[:, 0])], axis=1)
