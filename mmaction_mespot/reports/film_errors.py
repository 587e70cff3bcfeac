"""What the errors of spotters on films are made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from mmaction_mespot.evaluation.functional.matching import match_one_to_one
from mmaction_mespot.reports.film_benchmark import Film, FilmRun

_KINDS = {
    'blink': 'blink',
    'speech': 'talk',
    'chew': 'talk',
    'gaze': 'gaze',
    'hand': 'hand',
    **dict.fromkeys(('nod', 'shake', 'turn', 'lean', 'head_shift'), 'motion'),
}
_OVERLAP = 0.3
# Lower thirds of log-uniform amplitudes: of MaE from .02 to .4, of ME from .005 to .03.
_WEAK = (0.02 * 20 ** (1 / 3), 0.005 * 6 ** (1 / 3))
_LONG_S = 2.0


def false_kinds(run: FilmRun, iou: float = 0.5) -> Counter[str]:
    """What the false detections of a film are.

    ``duplicate``: a second one of a label that is found; ``boundary``: it overlaps a label, but too little;
    ``class``: it fits a label of the other class; ``blink``, ``talk``, ``motion``, ``gaze``, ``hand``: it
    lies on something that is no label; else what the film says, such as ``calm``.
    """
    film, found = run.film, run.found
    truth_of = match_one_to_one(found, film.segments, film.labels, iou)
    hit = set(truth_of[truth_of >= 0].tolist())
    shares = _shares(found.segments, film.segments)
    kinds: Counter[str] = Counter()
    for i in np.flatnonzero(truth_of < 0).tolist():
        near = [j for j in np.argsort(-shares[i]).tolist() if shares[i, j] >= _OVERLAP]
        if near:
            fits = [j for j in near if _iou(found.segments[i], film.segments[j]) >= iou]
            wrong = bool(fits) and film.labels[fits[0]] != found.labels[i]
            kinds['class' if wrong else 'duplicate' if near[0] in hit else 'boundary'] += 1
        else:
            kinds[_lies_on(film, found.segments[i])] += 1
    return kinds


def missed_kinds(run: FilmRun, iou: float = 0.5) -> Counter[str]:
    """What the missed labels of a film are, the first that fits.

    ``boundary``: a detection overlaps it, but too little or with the other class; ``overlapping``: it
    overlaps another label; ``weak``: its amplitude lies in the lowest third of its class; ``long``: more than
    2 s; ``other``.
    """
    film, found = run.film, run.found
    truth_of = match_one_to_one(found, film.segments, film.labels, iou)
    near = _shares(found.segments, film.segments) >= _OVERLAP
    among = _shares(film.segments, film.segments) > 0
    kinds: Counter[str] = Counter()
    for j in sorted(set(range(len(film.labels))) - set(truth_of.tolist())):
        amplitude = _amplitude(film, j)
        if near[:, j].any():
            kinds['boundary'] += 1
        elif among[j].sum() > 1:
            kinds['overlapping'] += 1
        elif amplitude is not None and amplitude < _WEAK[film.labels[j]]:
            kinds['weak'] += 1
        elif (film.segments[j, 1] - film.segments[j, 0]) / film.fps > _LONG_S:
            kinds['long'] += 1
        else:
            kinds['other'] += 1
    return kinds


def _amplitude(film: Film, label: int) -> float | None:
    start, end = film.segments[label].tolist()
    for event in film.events:
        own = event['label']
        if own is not None and (own[0], own[2] + 1) == (start, end):
            return float(event['amplitude'])
    return None


def _lies_on(film: Film, segment: np.ndarray) -> str:
    """The kind of distractor that covers most of a detection."""
    events = [event for event in film.events if event['kind'] in _KINDS]
    if not events:
        return film.otherwise
    spans = np.array([[event['start'], event['end']] for event in events], float)
    overlap = np.minimum(spans[:, 1], segment[1]) - np.maximum(spans[:, 0], segment[0])
    best = int(np.argmax(overlap))
    # A blink is short: it explains what covers it as well as what it covers.
    shortest = min(spans[best, 1] - spans[best, 0], segment[1] - segment[0])
    return _KINDS[events[best]['kind']] if overlap[best] >= _OVERLAP * shortest else film.otherwise


def _shares(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Overlap over the shorter of two intervals, shape (n, m)."""
    overlap = np.minimum(first[:, None, 1], second[None, :, 1]) - np.maximum(
        first[:, None, 0], second[None, :, 0]
    )
    shorter = np.minimum((first[:, 1] - first[:, 0])[:, None], (second[:, 1] - second[:, 0])[None])
    return np.clip(overlap, 0, None) / shorter


def _iou(first: np.ndarray, second: np.ndarray) -> float:
    overlap = max(0.0, min(first[1], second[1]) - max(first[0], second[0]))
    return float(overlap / (first[1] - first[0] + second[1] - second[0] - overlap))


def count_kinds(runs: Sequence[FilmRun]) -> tuple[Counter[str], Counter[str]]:
    """False and missed kinds of many films."""
    false: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for run in runs:
        false += false_kinds(run)
        missed += missed_kinds(run)
    return false, missed
