"""The work of :func:`align_stream`: which frames belong to a stretch with a face, and when they are due."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

import numpy as np

from mmaction_mespot.preprocessing.faces import FaceTracker
from mmaction_mespot.preprocessing.faces.alignment import map_points_3d
from mmaction_mespot.preprocessing.faces.follower import FaceChoice
from mmaction_mespot.preprocessing.faces.mesh import NUM_LANDMARKS
from mmaction_mespot.preprocessing.video import TimedFrame

from .aligned_frame import AlignedFrame
from .face_notes import FaceNotes
from .face_segment import FaceSegment
from .held_frame import HeldFrame

BRIDGED_S = 2.0
"""Losses of up to this long are interpolated over."""
HELD_BYTES = 256 << 20
"""What the frames of the look-ahead may take; larger frames are cut down."""
_LOST_LOOK_STEP = 5
_OTHER_FACE_SIZES = 1.0
_BOX_REACH = 1.0


class FaceAligner:
    """Take frames, give aligned frames as soon as they are settled.

    Args:
        fps: Positions a second.
        crop_size: Side of the crop in px.
        tracker: The face networks.
        face: Which face, see :func:`align_stream`.
        notes: Where to add what a user should know.

    Attributes:
        found: Whether the face was seen at all.
        looked_at: Frames that were searched for the face.
    """

    def __init__(
        self, fps: float, crop_size: int, tracker: FaceTracker, face: FaceChoice, notes: list[str]
    ) -> None:
        self.found = False
        self.looked_at = 0
        self._fps, self._crop_size = fps, crop_size
        self._step = tracker.step_frames(fps)
        self._bridged = max(self._step, round(BRIDGED_S * fps))
        self._follower = tracker.follower(fps, face, None if isinstance(face, str) else _BOX_REACH)
        self._notes = FaceNotes(notes, face)
        self._held: deque[HeldFrame] = deque()
        self._segment: FaceSegment | None = None
        self._last_points: np.ndarray | None = None
        self._last_matrix: np.ndarray | None = None
        self._lost_since: int | None = None
        self._next = 0
        lookahead = FaceSegment(0, fps, crop_size).radius + self._step + 1
        self._max_bytes = HELD_BYTES // lookahead

    def push(self, frame: TimedFrame) -> Iterator[AlignedFrame]:
        """Take the next frame; give the frames that are settled by it."""
        position, self._next = self._next, self._next + 1
        searched = position % (self._step * (_LOST_LOOK_STEP if self._gone else 1)) == 0
        landmarks = None
        if searched:
            self.looked_at += 1
            seen = self._follower.step(frame.image)
            self._notes.count(seen.faces, frame.time_s)
            landmarks = seen.landmarks
        if landmarks is not None:
            yield from self._measured(position, landmarks, frame.time_s)
        elif searched and self._lost_since is None:
            self._lost_since = position
            self._notes.lost(frame.time_s)
        self._held.append(HeldFrame.keep(frame, position, self._last_box, self._crop_size, self._max_bytes))
        yield from self._settled(position)

    def finish(self) -> Iterator[AlignedFrame]:
        """Give the rest; a face that was lost shortly before the end is held."""
        if self._segment is not None:
            yield from self._emit_segment(self._next)
        yield from self._emit_lost()
        self._notes.finish()

    @property
    def _gone(self) -> bool:
        """Whether the face is away for longer than is bridged."""
        return self._segment is None and self._lost_since is not None and self._next > self._bridged

    @property
    def _last_box(self) -> tuple[float, float, float, float] | None:
        return None if self._last_points is None else _box(self._last_points)

    def _measured(self, position: int, landmarks: np.ndarray, time_s: float) -> Iterator[AlignedFrame]:
        """Take landmarks; where they belong to another stretch than the one so far, settle that one."""
        lost_since, self._lost_since = self._lost_since, None
        previous = self._last_points
        other = previous is not None and _moved(previous, landmarks) > _OTHER_FACE_SIZES
        self._notes.found(time_s, other)
        self.found = True
        if self._segment is not None and other:
            yield from self._emit_segment(position if lost_since is None else lost_since)
            yield from self._emit_lost()
        if self._segment is None or other:
            first = self._held[0].position if self._held else position
            self._segment = FaceSegment(first, self._fps, self._crop_size)
        self._segment.measure(position, landmarks)
        self._last_points = landmarks

    def _settled(self, position: int) -> Iterator[AlignedFrame]:
        segment = self._segment
        if segment is None:
            if position >= self._bridged:
                yield from self._emit_lost()
            return
        while self._held[0].position + segment.radius <= segment.last_measured:
            yield self._aligned(segment, segment.last_measured + 1)
        if position - segment.last_measured > self._bridged and self._lost_since is not None:
            yield from self._emit_segment(self._lost_since)
            yield from self._emit_lost()
            self._segment = None
            self._notes.gone()

    def _emit_segment(self, end: int) -> Iterator[AlignedFrame]:
        while self._segment is not None and self._held and self._held[0].position < end:
            yield self._aligned(self._segment, end)

    def _aligned(self, segment: FaceSegment, end: int) -> AlignedFrame:
        held = self._held.popleft()
        self._last_matrix = segment.matrix(held.position, end)
        return self._cut(held, segment.landmarks(held.position), self._last_matrix, True)

    def _emit_lost(self) -> Iterator[AlignedFrame]:
        while self._held:
            held = self._held.popleft()
            points, matrix = self._last_points, self._last_matrix
            if points is None or matrix is None:
                points, matrix = _middle(held.size, self._crop_size)
            yield self._cut(held, points, matrix, False)

    def _cut(self, held: HeldFrame, points: np.ndarray, matrix: np.ndarray, face: bool) -> AlignedFrame:
        return AlignedFrame(
            held.position,
            held.source_index,
            held.time_s,
            held.cut(matrix, self._crop_size),
            map_points_3d(points, matrix),
            face,
            _box(points),
            matrix,
        )


def _box(points: np.ndarray) -> tuple[float, float, float, float]:
    low, high = points[:, :2].min(axis=0), points[:, :2].max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def _moved(before: np.ndarray, after: np.ndarray) -> float:
    """How far a face moved, in its own sizes."""
    way = after[:, :2].mean(axis=0) - before[:, :2].mean(axis=0)
    return float(np.hypot(*way) / max(np.ptp(before[:, :2], axis=0).max(), 1e-6))


def _middle(size: tuple[int, int], crop_size: int) -> tuple[np.ndarray, np.ndarray]:
    """Landmarks all in the middle of a frame, and the similarity of its largest middle square."""
    middle, scale = (np.array(size) - 1) / 2, crop_size / min(size)
    matrix = np.column_stack([np.eye(2) * scale, (crop_size - 1) / 2 - scale * middle])
    return np.tile([*middle, 0.0], (NUM_LANDMARKS, 1)), matrix
