"""One face of one video while it is spotted: a few numbers per position, no pictures."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from mmaction_mespot.intervals.detections import CLASSES, Detections, Proposals
from mmaction_mespot.intervals.postprocess import WindowCandidates, merge_windows
from mmaction_mespot.preprocessing.faces.regions import REGIONS
from mmaction_mespot.preprocessing.flow.motion import MotionEntry
from mmaction_mespot.spotters.displacement import displacement
from mmaction_mespot.spotters.proposals import FaceProposals, best_proposals
from mmaction_mespot.spotters.what_moved import MARGIN_S, what_moved
from mmaction_mespot.spotting.interval_stream import IntervalStream, unlimited
from mmaction_mespot.spotting.model import SpotModel
from mmaction_mespot.spotting.result import Interval
from mmaction_mespot.visualization.timeline import score_curve

CANDIDATE_FLOOR = 0.05
"""Candidates with lower scores are not kept; a lower score suppresses no higher one."""
_VALUES = 2 * len(REGIONS)


class SpotFace:
    """Spot one face, position by position of the working grid.

    Args:
        model: The spotter.
        fps: Positions per second of the working grid.
        gap: Positions between the two pictures of a flow field.
        number: Number of the face. Defaults to 0.
        video_fps: Frames per second of the video. Defaults to None: ``fps``.
    """

    def __init__(
        self, model: SpotModel, fps: float, gap: int, number: int = 0, video_fps: float | None = None
    ) -> None:
        self.fps, self.gap, self.number = fps, gap, number
        self._worth = model.worth
        self._session = model.open_session(fps, gap, video_fps)
        self._stream = IntervalStream(fps, model.thresholds, model.post_processing)
        self._post_processing = unlimited(model.post_processing)
        weighted = model.post_processing.nms_mode == 'weighted'
        self._floor = -np.inf if weighted else min(CANDIDATE_FLOOR, *model.thresholds)
        self._windows: list[WindowCandidates] = []
        self._keeps_proposals = model.origin is not None
        self._proposals: list[tuple[float, float, Proposals]] = []
        self._source_index, self._time_s, self._seen = array('l'), array('d'), array('b')
        self._flow = array('f')
        self._crop_size = model.preparation.crop_size
        self._margin = round(MARGIN_S * fps)
        self._poses: list[tuple[np.ndarray, np.ndarray]] = []
        self._first_pose = 0

    def __len__(self) -> int:
        """Positions so far."""
        return len(self._source_index)

    def push(self, entry: MotionEntry) -> list[Interval]:
        """Take the next position; its streams hold those of any flow beside what the spotter needs.

        Returns:
            The intervals that have become final.
        """
        self._source_index.append(entry.source_index)
        self._time_s.append(entry.time_s)
        self._seen.append(entry.face)
        self._flow.extend(np.asarray(entry.streams['flow_roi'], dtype=np.float32).ravel().tolist())
        self._poses.append((entry.streams['head_motion'], entry.streams['face_shape']))
        return self._take(self._session.push(entry.streams))

    def finish(self) -> list[Interval]:
        """Take the end of the video; give the remaining intervals."""
        if len(self) == 0:
            return []
        found = self._take(self._session.finish())
        return found + self._final(self._stream.finish(len(self)))

    def candidates(self) -> Detections:
        """All candidates of the video after the merging, before thresholds, by falling score."""
        return merge_windows(self._windows, self.fps, max(len(self), 1), self._post_processing)

    def curves(self, candidates: Detections) -> np.ndarray:
        """Highest score of each class at each position, (2, n)."""
        return np.stack([score_curve(candidates, label, len(self)) for label in range(len(CLASSES))])

    def proposals(self) -> FaceProposals:
        """What the candidates were chosen from, as far as it was kept."""
        return FaceProposals.of_windows(self._proposals)

    def times_s(self) -> np.ndarray:
        """Time stamp of each position, (n,)."""
        return np.array(self._time_s)

    def source_indices(self) -> np.ndarray:
        """Source frame of each position, (n,)."""
        return np.array(self._source_index)

    def intervals(self, found: Detections) -> list[Interval]:
        """Intervals of the working grid in the source's own frames.

        A boundary is rounded to a whole position (halves up). The onset is that position's source frame; the
        offset is the last source frame before the position behind the interval.
        """
        chances: list[float | None] = [None] * len(found)
        if self._worth is not None:
            chances = self._worth.probability(found.scores, found.labels).tolist()
        return [
            self._interval(float(segment[0]), float(segment[1]), float(score), int(label), chance)
            for segment, score, label, chance in zip(
                found.segments, found.scores, found.labels, chances, strict=True
            )
        ]

    def _interval(
        self, start: float, end: float, score: float, label: int, probability: float | None
    ) -> Interval:
        first = min(max(int(np.floor(start + 0.5)), 0), len(self) - 1)
        behind = min(max(int(np.floor(end + 0.5)), first + 1), len(self))
        flow = np.array(self._flow[_VALUES * first : _VALUES * behind]).reshape(behind - first, -1, 2)
        apex, last = first + apex_position(flow, self.gap), behind - 1
        onset, offset, offset_s = self._source_index[first], self._source_index[last], self._time_s[last]
        if behind < len(self):
            before = max(self._source_index[behind] - 1, onset)
            if before > offset:  # frames between two positions: 60 frames per second on a grid of 30
                share = (before - offset) / (self._source_index[behind] - offset)
                offset_s += share * (self._time_s[behind] - offset_s)
            offset = before if before > offset else offset
        return Interval(
            label,
            score,
            onset,
            self._source_index[apex],
            offset,
            self._time_s[first],
            self._time_s[apex],
            offset_s,
            self.number,
            (first, apex, last),
            open=open_ends(self._seen, first, behind),
            probability=probability,
        )

    def _take(self, windows: list[WindowCandidates]) -> list[Interval]:
        found: list[Interval] = []
        for window in windows:
            if self._keeps_proposals:
                self._proposals.append((window.start, window.end, best_proposals(window, self.fps)))
            kept = window.detections[window.detections.scores >= self._floor]
            self._windows.append(WindowCandidates(kept, window.start, window.end))
            found += self._final(self._stream.push(window))
        if windows:
            needless = int(self._stream.open_from) - self._margin - 1 - self._first_pose
            del self._poses[: max(needless, 0)]
            self._first_pose += max(needless, 0)
        return found

    def _final(self, found: Detections) -> list[Interval]:
        """The intervals of detections that have become final, with what moved in them."""
        return [self._with_moved(interval) for interval in self.intervals(found)]

    def _with_moved(self, found: Interval) -> Interval:
        first, apex, last = found.positions
        behind = last + 1
        if not all(self._seen[first:behind]):
            return found  # the crop may jump, and the mesh is that of an older frame
        low, high = max(first - self._margin, 0), min(behind + self._margin, len(self))
        heads, shapes = zip(*self._poses[low - self._first_pose : high - self._first_pose], strict=True)
        moved = what_moved(
            np.array(self._flow[_VALUES * low : _VALUES * high]).reshape(high - low, -1, 2),
            np.stack(heads),
            np.stack(shapes),
            self.fps,
            self.gap,
            self._crop_size,
            first - low,
            apex - low,
            behind - low,
            RESTS[found.open],
        )
        times = self._time_s[first:behind] if moved else ()
        return replace(found, moved=tuple(moved), moved_s=tuple(times))


RESTS = {'': (True, True), 'onset': (False, True), 'offset': (True, False), 'both': (False, False)}
"""Whether the rest before and the rest after an interval are seen, by its open ends."""
OPEN_REACH = 2
"""Positions between an interval and the border of what was seen up to which it counts as cut off there."""


def open_ends(seen: Sequence[int], first: int, behind: int) -> str:
    """Which ends of an interval lie at the border of what was seen.

    Args:
        seen: Whether the face is seen at each position, (n,).
        first: First position of the interval.
        behind: Position behind its last one.

    Returns:
        ``onset``, ``offset``, ``both``, or nothing.
    """
    before = first < OPEN_REACH or not all(seen[first - OPEN_REACH : first])
    after = behind > len(seen) - OPEN_REACH or not all(seen[behind : behind + OPEN_REACH])
    if before and after:
        return 'both'
    return 'onset' if before else 'offset' if after else ''


TOP_REGIONS = 2
"""Number of regions whose displacement counts, as in the flow spotter."""


def apex_position(flow: np.ndarray, gap: int) -> int:
    """Find the frame of the largest displacement inside an interval.

    The flow of each landmark region is added up to its displacement; the straight line between the
    interval's two ends (drift) is taken off. The mean length over the strongest regions is the distance from
    rest.

    Args:
        flow: Mean flow of each region in the interval's frames, px per `gap` frames, head motion removed,
            (n, regions, 2), n >= 1; NaN counts as still.
        gap: Frames between the two pictures of a flow field.

    Returns:
        Place of the apex among the n frames.

    Raises:
        ValueError: If the interval is empty.
    """
    if len(flow) == 0:
        raise ValueError('an apex needs an interval of at least 1 frame')
    trace = displacement(np.nan_to_num(flow), gap)
    share = np.linspace(0, 1, len(trace))[:, None, None]
    away = np.linalg.norm(trace - (1 - share) * trace[0] - share * trace[-1], axis=2)
    middle = (away[1:] + away[:-1]) / 2
    strongest = np.argsort(-middle.max(axis=0), kind='stable')[:TOP_REGIONS]
    return int(np.argmax(middle[:, strongest].mean(axis=1)))
