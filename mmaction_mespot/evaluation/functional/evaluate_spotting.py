"""Score detections from arrays or data frames: needs NumPy alone, in the manner of mir_eval and sed_eval."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.functional.counts import COUNTED_NAMES, count_videos
from mmaction_mespot.evaluation.functional.event_table import EventTable, build_event_table
from mmaction_mespot.evaluation.functional.matching import match_events
from mmaction_mespot.evaluation.functional.protocol import Protocol
from mmaction_mespot.evaluation.functional.protocols import get_protocol
from mmaction_mespot.evaluation.functional.video_result import VideoResult
from mmaction_mespot.intervals.detections import CLASSES, Detections

COLUMNS = ('video', 'subject', 'start', 'end', 'label', 'score')


def evaluate_spotting(
    reference: Any,
    estimate: Any,
    protocol: str | Protocol = 'default',
    fps: float | Mapping[str, float] = 30.0,
    videos: Iterable[str] = (),
) -> dict[str, float]:
    """Count detections against labels.

    Args:
        reference: Labels: a data frame, or a mapping of columns, with ``start``, ``end`` (half-open, in
            frames), ``label`` (0 or ``'MaE'``, 1 or ``'ME'``) and perhaps ``video``; or an array with the
            columns start, end, label of one video.
        estimate: Detections: the same with a column ``score`` (the fourth one of an array), which may lack.
        protocol: Name of a preset, or a protocol. Defaults to 'default'.
        fps: Frames per second, of all videos or by video. Defaults to 30.
        videos: Further videos, which may hold neither labels nor detections. Defaults to none.

    Returns:
        ``F1``, ``P``, ``R``, ``TP``, ``FP``, ``FN`` over all, the same of each class (``F1_MaE``, ...) and
        without regard to the class (``F1_overall_agnostic``, ...); ``MaE_found_as_ME`` and
        ``ME_found_as_MaE``: missed labels that a false detection of the other class hits, one to one.

    Raises:
        MESpotError: If a column lacks, or a value is none; the message names it.

    Examples:
        >>> figures = evaluate_spotting([[0, 40, 0], [100, 112, 1]], [[2, 40, 0, 0.9], [100, 112, 0, 0.4]])
        >>> figures['TP'], figures['FP'], figures['FN'], figures['ME_found_as_MaE']
        (1, 1, 1, 1)
    """
    rule = get_protocol(protocol) if isinstance(protocol, str) else protocol
    truth, found = _columns(reference, 'reference'), _columns(estimate, 'estimate')
    names = dict.fromkeys([*map(str, videos), *truth['video'], *found['video']])
    results = []
    for name in names:
        in_truth, in_found = (np.array(part['video'], dtype=object) == name for part in (truth, found))
        ends = [part['segments'][:, 1].max(initial=1.0) for part in (truth, found)]
        rate = fps.get(name) if isinstance(fps, Mapping) else fps
        if rate is None or not 0 < rate < float('inf'):
            raise MESpotError(f'fps of video {name!r}: found {rate}, expected a positive number')
        results.append(
            VideoResult(
                name,
                name,
                None,
                float(rate),
                int(np.ceil(max(ends))),
                truth['segments'][in_truth],
                truth['labels'][in_truth],
                Detections(found['segments'][in_found], found['scores'][in_found], found['labels'][in_found]),
            )
        )
    figures: dict[str, float] = {}
    counts = count_videos(results, rule)
    for name in COUNTED_NAMES:
        c, suffix = counts[name], '' if name == 'overall' else f'_{name}'
        values = (('F1', c.f1), ('P', c.precision), ('R', c.recall), ('TP', c.tp), ('FP', c.fp), ('FN', c.fn))
        figures |= {f'{key}{suffix}': value for key, value in values}
    return figures | substitutions(results, rule)


def substitutions(videos: Sequence[VideoResult], protocol: Protocol) -> dict[str, float]:
    """Missed labels that a false detection of the other class hits, one to one.

    Args:
        videos: Videos with their final detections.
        protocol: The rules.

    Returns:
        ``MaE_found_as_ME`` and ``ME_found_as_MaE``.
    """
    table = build_event_table(videos, protocol)
    matches = match_events(table, protocol)
    missed, false = matches.found_of < 0, table.counted & (matches.truth_of < 0)
    rest = EventTable(
        table.videos,
        table.truth_video[missed],
        table.truth_segments[missed],
        table.truth_labels[missed],
        table.found_video[false],
        table.found_segments[false],
        table.found_scores[false],
        table.found_labels[false],
        table.found_status[false],
    )
    truth_of = match_events(rest, replace(protocol, matching='one_to_one', same_class=False)).truth_of
    pairs = truth_of >= 0
    called, labels = rest.found_labels[pairs], rest.truth_labels[truth_of[pairs]]
    return {
        f'{CLASSES[a]}_found_as_{CLASSES[b]}': int(((labels == a) & (called == b)).sum())
        for a, b in ((0, 1), (1, 0))
    }


def _columns(table: Any, what: str) -> dict[str, Any]:
    """The columns of a table, checked."""
    given = set(table.columns if hasattr(table, 'columns') else table if isinstance(table, Mapping) else ())
    if not given:
        array = np.asarray(table, dtype=np.float64)
        if array.size and (array.ndim != 2 or array.shape[1] not in (3, 4)):
            raise MESpotError(
                f'{what}: an array with the columns start, end, label (and score) expected, '
                f'found {array.shape}'
            )
        array = array.reshape(-1, array.shape[1] if array.ndim == 2 and array.size else 3)
        table = dict(zip(('start', 'end', 'label', 'score'), array.T, strict=False))
        given = set(table)
    missing = [name for name in ('start', 'end', 'label') if name not in given]
    if missing:
        raise MESpotError(f'{what}: columns {missing} expected, found {sorted(map(str, given))}')
    ends = [np.asarray(table[name], dtype=np.float64) for name in ('start', 'end')]
    segments = np.stack(ends, axis=1)
    scores = np.asarray(table['score'], np.float64) if 'score' in given else np.ones(len(segments))
    wrong = ~np.isfinite(segments).all(axis=1) | ~np.isfinite(scores) | (segments[:, 1] <= segments[:, 0])
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        found = f'start {segments[row, 0]:g}, end {segments[row, 1]:g}, score {scores[row]:g}'
        raise MESpotError(
            f'{what}, row {row}: found {found}, expected finite numbers and an end beyond the start'
        )
    codes = {name.lower(): i for i, name in enumerate(CLASSES)} | {str(i): i for i in range(len(CLASSES))}
    texts = [str(label).lower().removesuffix('.0') for label in table['label']]
    unknown = [f'row {i}: {text!r}' for i, text in enumerate(texts) if text not in codes]
    if unknown:
        raise MESpotError(f'{what}, {unknown[0]} is no label, expected one of {", ".join(CLASSES)}, 0, 1')
    return {
        'video': list(map(str, table['video'])) if 'video' in given else [''] * len(segments),
        'segments': segments,
        'labels': np.array([codes[text] for text in texts], dtype=np.int64),
        'scores': scores,
    }
