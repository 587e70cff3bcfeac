"""Spotting by candidate movements that a small trained scorer judges; needs numpy alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.special import erf, expit

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.detections import Detections, Proposals
from mmaction_mespot.intervals.length_classes import label_by_length
from mmaction_mespot.spotters.movement_candidates import movement_traces, propose
from mmaction_mespot.spotters.movement_features import GROUPS, describe

MOVEMENT = 'movement'
"""Name of the spotter."""
MOVEMENT_STREAMS = ('flow_roi', 'head_motion', 'face_shape')
"""What the spotter reads of each frame."""
SCORER_FILE = Path(__file__).parents[1] / 'checkpoints' / 'movement_scorer.npz'
RATES_FILE = SCORER_FILE.with_suffix('.calibration.json')
"""False detections per minute and probabilities of the scorer, see :class:`RateTable`."""
_LEAST_SCORE = 0.03
OVERLAP = 0.4
"""Largest intersection over the shorter one, for :func:`without_overlaps`."""


@dataclass(frozen=True)
class Member:
    """One network of a scorer.

    Attributes:
        weight: Its share in the sum of the members' logits.
        columns: Features that it reads.
        mean: Mean of these features in the training.
        scale: Their spread.
        layers: Weight (out, in) and bias (out,) of each linear layer; GELU between them.
    """

    weight: float
    columns: np.ndarray
    mean: np.ndarray
    scale: np.ndarray
    layers: tuple[tuple[np.ndarray, np.ndarray], ...]

    def logits(self, features: np.ndarray) -> np.ndarray:
        """Logit of each row of (m, features)."""
        values = (features[:, self.columns] - self.mean) / self.scale
        for place, (weight, bias) in enumerate(self.layers):
            if place:
                values = values * (1 + erf(values / np.sqrt(2))) / 2
            values = values @ weight.T + bias
        return values[:, 0]


class MovementScorer:
    """Probability that a candidate is an expression with these very boundaries, from its features.

    Members with all features know the course of a movement; members with few features know its size and what
    the head does, and carry over to footage that looks like none of the training. Their logits are averaged.

    Args:
        members: The networks.
    """

    def __init__(self, members: Sequence[Member]) -> None:
        self.members = tuple(members)

    @classmethod
    def load(cls, path: Path = SCORER_FILE) -> MovementScorer:
        """Read the file of a scorer.

        Raises:
            MESpotError: If the file is missing or no scorer.
        """
        try:
            with np.load(path, allow_pickle=False) as data:
                arrays = {name: data[name] for name in data.files}
            count = len({name.split('_')[0] for name in arrays})
            return cls([_member(arrays, f'm{number}_') for number in range(count)])
        except (OSError, ValueError, KeyError) as error:
            raise MESpotError(f'{path}: expected the weights of a movement scorer, found {error}') from error

    def __call__(self, features: np.ndarray) -> np.ndarray:
        """Scores in [0, 1], float64 (m,)."""
        logits = sum(member.weight * np.clip(member.logits(features), -9, 9) for member in self.members)
        return np.asarray(expit(logits))


def _member(arrays: Mapping[str, np.ndarray], prefix: str) -> Member:
    columns = arrays[f'{prefix}keep'].astype(np.int64)
    layers: list[tuple[np.ndarray, np.ndarray]] = []
    while f'{prefix}w{len(layers)}' in arrays:
        place = len(layers)
        layers.append((arrays[f'{prefix}w{place}'], arrays[f'{prefix}b{place}']))
    if not layers:
        raise KeyError(f'no layer {prefix}w0')
    mean, scale = arrays[f'{prefix}mean'][columns], arrays[f'{prefix}scale'][columns]
    return Member(float(arrays[f'{prefix}weight']), columns, mean, scale, tuple(layers))


class MovementSpotter:
    """Find expressions as movements away from rest and back, in optical flow and in the shape of the face.

    Candidates come from :func:`propose`: bumps of any length from 0.15 to 8 s in the displacement of landmark
    regions (flow, for small movements) and in the places of regions without the pose (mesh, for large and
    held ones). A trained scorer judges each by features in absolute units, inter-ocular distances and
    seconds. Of candidates that overlap the best stays, so one movement is one interval; its class follows
    from its length.

    Args:
        scorer: The scorer. Defaults to None: the one that ships with the package.
        overlap: Largest intersection, over the shorter one, that two found intervals may have, see
            :func:`without_overlaps`.
    """

    def __init__(self, scorer: MovementScorer | None = None, overlap: float = OVERLAP) -> None:
        self.scorer = scorer or MovementScorer.load()
        self.overlap = overlap

    def spot(self, streams: Mapping[str, np.ndarray], fps: float, gap: int, crop_size: int) -> Detections:
        """Find the candidates of one video, for all thresholds.

        Args:
            streams: ``flow_roi`` (n, 14, 2) and ``head_motion`` (n, 2), px of the crop per `gap` frames;
                ``face_shape`` (n, points, 3), px of the crop.
            fps: Frames per second.
            gap: Frames between the two pictures of a flow field.
            crop_size: Side of the crop in px.

        Returns:
            Candidates by falling score in frames of the video, without overlaps.
        """
        return self.choose(self.propose(streams, fps, gap, crop_size).detections)

    def propose(self, streams: Mapping[str, np.ndarray], fps: float, gap: int, crop_size: int) -> Proposals:
        """All movements with scores and features, also those that overlap; arguments as of :meth:`spot`."""
        flow, head, shapes = (streams[name] for name in MOVEMENT_STREAMS)
        traces = movement_traces(flow, head, shapes, fps, gap, crop_size)
        segments, sources = propose(traces)
        if len(segments) == 0:
            return Proposals(Detections.empty(), np.zeros((0, sum(map(len, GROUPS.values())))))
        features = describe(traces, segments, sources)
        labels = label_by_length(segments, fps)
        return Proposals(Detections(segments, self.scorer(features), labels), features)

    def choose(self, found: Detections) -> Detections:
        """The best of movements that overlap, by falling score; see :func:`without_overlaps`."""
        return best_movements(found, self.overlap)


def best_movements(found: Detections, largest: float = OVERLAP) -> Detections:
    """The best of movements that overlap, by falling score; see :func:`without_overlaps`."""
    kept, scores = without_overlaps(found.segments, found.scores, largest)
    return Detections(found.segments[kept], scores[kept], found.labels[kept])


def without_overlaps(
    segments: np.ndarray, scores: np.ndarray, largest: float = OVERLAP
) -> tuple[np.ndarray, np.ndarray]:
    """Keep the best of intervals that overlap, and lower the scores of those that overlap a little.

    Expressions that follow each other at once share their borders by some frames; the pause between them,
    which is a movement as well, shares more with both.

    Args:
        segments: Intervals, (m, 2).
        scores: Their scores, (m,).
        largest: Largest intersection, over the shorter one, that two intervals may have; an interval with a
            share q of this in common with a better one keeps exp(-q^2) of its score. Defaults to 0.4.

    Returns:
        ``(kept, scores)``: indices by falling score, int64 (k,), and all scores as lowered, float64 (m,).
    """
    scores = np.array(scores, dtype=np.float64)
    waiting = scores >= _LEAST_SCORE
    lengths = np.ptp(segments, axis=1)
    kept: list[int] = []
    while waiting.any():
        best = int(np.argmax(np.where(waiting, scores, -1.0)))
        waiting[best] = False
        kept.append(best)
        inter = np.minimum(segments[:, 1], segments[best, 1]) - np.maximum(segments[:, 0], segments[best, 0])
        share = np.maximum(inter, 0) / np.minimum(lengths, lengths[best]) / largest
        scores[waiting] *= np.where(share > 1, 0.0, np.exp(-(share**2)))[waiting]
        waiting &= scores >= _LEAST_SCORE
    return np.array(kept, dtype=np.int64), scores
