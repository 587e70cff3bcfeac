"""The one container for scored intervals, of a video or of a window."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

CLASSES = ('MaE', 'ME')
"""Names of the classes by label: macro-expression 0, micro-expression 1."""

MAE, ME = 0, 1


@dataclass(frozen=True)
class Detections:
    """Scored, labelled intervals of one video.

    Attributes:
        segments: Half-open intervals ``[start, end)`` in the video's frames, float64, shape (N, 2).
        scores: One score per interval, float64, shape (N,).
        labels: Class of each interval (0 MaE, 1 ME), int64, shape (N,).

    Raises:
        ValueError: If the three arrays do not describe the same number of intervals.
    """

    segments: np.ndarray
    scores: np.ndarray
    labels: np.ndarray

    def __post_init__(self) -> None:
        object.__setattr__(self, 'segments', np.asarray(self.segments, dtype=np.float64).reshape(-1, 2))
        object.__setattr__(self, 'scores', np.asarray(self.scores, dtype=np.float64).reshape(-1))
        object.__setattr__(self, 'labels', np.asarray(self.labels, dtype=np.int64).reshape(-1))
        if not len(self.segments) == len(self.scores) == len(self.labels):
            raise ValueError(
                f'Detections need one score and one label per interval, found {len(self.segments)} segments, '
                f'{len(self.scores)} scores, {len(self.labels)} labels'
            )

    def __len__(self) -> int:
        return len(self.segments)

    def __getitem__(self, index: np.ndarray | slice) -> Detections:
        """Select intervals by a mask, an index array or a slice."""
        return Detections(self.segments[index], self.scores[index], self.labels[index])

    @classmethod
    def empty(cls) -> Detections:
        """No interval at all."""
        return cls(np.zeros((0, 2)), np.zeros(0), np.zeros(0))

    @classmethod
    def concatenate(cls, parts: list[Detections]) -> Detections:
        """Join several sets of intervals, in order."""
        if not parts:
            return cls.empty()
        return cls(
            np.concatenate([part.segments for part in parts]),
            np.concatenate([part.scores for part in parts]),
            np.concatenate([part.labels for part in parts]),
        )


@dataclass(frozen=True)
class Proposals:
    """What the candidates of a window were chosen from.

    Attributes:
        detections: Intervals with the scores of the spotter as it was trained, before anything is suppressed.
        features: What the spotter knows of each, (N, k), k >= 0.
    """

    detections: Detections
    features: np.ndarray


@dataclass(frozen=True)
class WindowCandidates:
    """What a spotter found in one window.

    Attributes:
        detections: Candidates in the **video's** frames.
        start: Frame at which the window starts.
        end: Frame at which it ends (exclusive), ``start + clip_len * frame_interval``.
        proposals: What they were chosen from, where that is more than they. Defaults to None.

    Raises:
        ValueError: If the window is empty.
    """

    detections: Detections
    start: float
    end: float
    proposals: Proposals | None = None

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError(f'a window must end after its start, found [{self.start}, {self.end})')
