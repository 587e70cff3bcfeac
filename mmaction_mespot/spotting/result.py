"""What was found in a video: one type on which every table, export and picture hangs."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mmaction_mespot.atomic_file import write_json, write_whole
from mmaction_mespot.delimited_text import escape
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.exports.coded_interval import coding_of_result
from mmaction_mespot.exports.formats import FORMATS, write_coding
from mmaction_mespot.intervals.detections import CLASSES
from mmaction_mespot.spotters.proposals import VideoProposals, joined
from mmaction_mespot.spotters.what_moved import Movement

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    'video',
    'label',
    'onset_frame_0based',
    'apex_frame_0based',
    'offset_frame_0based',
    'onset_s',
    'apex_s',
    'offset_s',
    'score',
    'probability',
    'face',
    'note',
    'open',
    'moved',
)
"""Columns of ``intervals.csv``; onset, apex and offset are frames of the video, offset inclusive."""


@dataclass(frozen=True)
class Interval:
    """A found interval in the video's own frames and in seconds.

    Attributes:
        label: Class, 0 MaE, 1 ME.
        score: Its score.
        onset: First frame, from 0.
        apex: Frame of the largest displacement.
        offset: Last frame (inclusive).
        onset_s: Time stamp of the first frame, seconds.
        apex_s: Time stamp of the apex.
        offset_s: Time stamp of the last frame.
        face: Number of the face.
        positions: Onset, apex and offset as positions of the working grid (where crops are kept by).
        note: What a reader should know about it, such as a gap inside; empty if nothing.
        open: ``onset``, ``offset`` or ``both`` where these are but the border of what was seen: the video
            begins or ends, or the face is lost, during the movement. Empty otherwise.
        moved: What moved, the clearest first; empty where nothing is clear, and of candidates.
        moved_s: Time stamps of the curves in `moved`.
        probability: That it is an expression of its class, or None where nobody has measured it.
    """

    label: int
    score: float
    onset: int
    apex: int
    offset: int
    onset_s: float
    apex_s: float
    offset_s: float
    face: int
    positions: tuple[int, int, int]
    note: str = ''
    open: str = ''
    moved: tuple[Movement, ...] = ()
    moved_s: tuple[float, ...] = ()
    probability: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types, without the working grid."""
        return {
            'label': CLASSES[self.label],
            'score': round(self.score, 4),
            'probability': None if self.probability is None else round(self.probability, 4),
            'onset': self.onset,
            'apex': self.apex,
            'offset': self.offset,
            'onset_s': round(self.onset_s, 9),
            'apex_s': round(self.apex_s, 9),
            'offset_s': round(self.offset_s, 9),
            'face': self.face,
            'note': self.note,
            'open': self.open,
            'moved': [movement.to_dict() for movement in self.moved],
            'moved_time_s': [round(time_s, 6) for time_s in self.moved_s],
        }


@dataclass(frozen=True)
class Spotting:
    """Intervals, candidates and curves of one video, in its own frames and seconds.

    Attributes:
        path: The video.
        fps: Its nominal frames per second.
        total_frames: Its number of frames.
        duration_s: Time stamp of its last frame, and the time that this one is shown.
        size: Width and height of its frames in px.
        model: The spotter and its settings, plain JSON types.
        thresholds: Smallest score of MaE and ME.
        intervals: What was found, by onset.
        candidates: All candidates after the merging, by falling score, also those under the threshold.
        time_s: Time stamps of the curves, (n,).
        source_index: Frame of the video at each of these times, (n,).
        curves: Highest score of each class over time, (2, n).
        notes: What a user should know.
        boxes: Left, top, right, bottom of the face in px of the frame, and 1 where a face is seen, at each
            time of the curves, by face (n, 5).
        ground_truth: Labelled events as plain JSON types, or None.
        false_per_minute: False detections per minute to be expected at the thresholds, and what that was
            measured on, plain JSON types; None if unknown.
        proposals: What the candidates were chosen from, or None.
    """

    path: str
    fps: float
    total_frames: int
    duration_s: float
    size: tuple[int, int]
    model: Mapping[str, Any]
    thresholds: tuple[float, float]
    intervals: Sequence[Interval]
    candidates: Sequence[Interval]
    time_s: np.ndarray
    source_index: np.ndarray
    curves: np.ndarray
    notes: Sequence[str]
    boxes: Sequence[np.ndarray] = ()
    ground_truth: Sequence[Mapping[str, Any]] | None = None
    false_per_minute: Mapping[str, Any] | None = None
    proposals: VideoProposals | None = None

    @property
    def without_face_s(self) -> float:
        """Seconds in which no face was seen."""
        seen = [boxes[:, 4] > 0 for boxes in self.boxes if len(boxes)]
        if not seen:
            return 0.0
        share = 1 - np.any([row[: min(map(len, seen))] for row in seen], axis=0).mean()
        return round(float(share) * self.duration_s, 3)

    def to_dict(self) -> dict[str, Any]:
        """The content of ``intervals.json``."""
        return {
            'video': {
                'path': self.path,
                'fps': round(self.fps, 6),
                'total_frames': self.total_frames,
                'duration_s': round(self.duration_s, 9),
                'size': list(self.size),
                'without_face_s': self.without_face_s,
            },
            'model': dict(self.model),
            'classes': list(CLASSES),
            'thresholds': dict(zip(CLASSES, self.thresholds, strict=True)),
            'false_per_minute': None if self.false_per_minute is None else dict(self.false_per_minute),
            'intervals': [interval.to_dict() for interval in self.intervals],
            'candidates': [_without_moved(candidate) for candidate in self.candidates],
            'curves': {
                'time_s': np.round(self.time_s, 6).tolist(),
                **{
                    name: np.round(curve, 4).tolist()
                    for name, curve in zip(CLASSES, self.curves, strict=True)
                },
            },
            'ground_truth': None if self.ground_truth is None else [dict(row) for row in self.ground_truth],
            'notes': list(self.notes),
        }

    def rows(self) -> list[dict[str, Any]]:
        """The found intervals as rows with :data:`COLUMNS`, plain JSON types."""
        frames = ('onset', 'apex', 'offset')
        found = []
        for interval in self.intervals:
            cells = _without_moved(interval).items()
            named = {f'{key}_frame_0based' if key in frames else key: value for key, value in cells}
            moved = '; '.join(movement.words for movement in interval.moved)
            found.append({'video': Path(self.path).name, **named, 'moved': moved})
        return found

    def to_dataframe(self) -> pd.DataFrame:
        """The found intervals as a data frame with :data:`COLUMNS`."""
        import pandas as pd  # slow to import

        return pd.DataFrame(self.rows(), columns=list(COLUMNS)).astype({'probability': float})

    def to_csv(self, path: str | Path) -> Path:
        """Write the found intervals as CSV with :data:`COLUMNS`, whole or not at all; give the path."""
        text = StringIO()
        writer = csv.DictWriter(text, COLUMNS, lineterminator='\n')
        writer.writeheader()
        writer.writerows({name: escape(cell) for name, cell in row.items()} for row in self.rows())
        write_whole(Path(path), text.getvalue())
        return Path(path)

    def to_json(self, path: str | Path) -> Path:
        """Write all as JSON, the content of ``intervals.json``, whole or not at all; give the path."""
        write_json(self.to_dict(), Path(path))
        return Path(path)

    def export(self, path: str | Path, program: str) -> Path:
        """Write the found intervals for a coder's program, whole or not at all; give the path.

        Args:
            path: The file.
            program: One of :data:`~mmaction_mespot.exports.formats.FORMATS`: ``'elan'``, ``'praat'``,
                ``'boris'``, ``'bids'``.

        Raises:
            MESpotError: If there is no such program.
        """
        if program not in FORMATS:
            raise MESpotError(f'program: found {program!r}, expected one of {", ".join(FORMATS)}')
        write_coding(coding_of_result(self.to_dict()), Path(path), program)
        return Path(path)


def _without_moved(interval: Interval) -> dict[str, Any]:
    """The interval as plain JSON types, less what moved, which is not looked for in candidates."""
    return {key: value for key, value in interval.to_dict().items() if key not in ('moved', 'moved_time_s')}


def join_faces(results: Sequence[Spotting], choice: str) -> Spotting:
    """Join the results of several faces of one video.

    Args:
        results: One per face, at least one, of the same frames.
        choice: How the faces were chosen, for the model's settings.

    Returns:
        All intervals by onset, all candidates by falling score, the higher curve at each time.
    """
    first = results[0]
    proposals = [result.proposals for result in results if result.proposals is not None]
    intervals = sorted(
        (interval for result in results for interval in result.intervals),
        key=lambda interval: (interval.onset, interval.offset),
    )
    candidates = sorted(
        (candidate for result in results for candidate in result.candidates),
        key=lambda candidate: -candidate.score,
    )
    settings = {**first.model['settings'], 'face': choice, 'faces': len(results)}
    return replace(
        first,
        model={**first.model, 'settings': settings},
        intervals=intervals,
        candidates=candidates,
        curves=np.max([result.curves for result in results], axis=0),
        notes=list(dict.fromkeys(note for result in results for note in result.notes)),
        boxes=[boxes for result in results for boxes in result.boxes],
        proposals=joined(proposals) if proposals else None,
    )
