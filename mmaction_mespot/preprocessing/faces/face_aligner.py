"""Aligned crops of one face, frame by frame, in one pass: :func:`align_stream` and its work."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from mmaction_mespot.preprocessing.faces import FaceTracker
from mmaction_mespot.preprocessing.faces.alignment import map_points_3d
from mmaction_mespot.preprocessing.faces.face_segment import FaceSegment
from mmaction_mespot.preprocessing.faces.follower import FaceChoice
from mmaction_mespot.preprocessing.faces.held_frame import HeldFrame
from mmaction_mespot.preprocessing.faces.mesh import NUM_LANDMARKS
from mmaction_mespot.preprocessing.video import NoFaceVideoError, NoteList, TimedFrame

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
        fps: Positions per second.
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


@dataclass(frozen=True)
class AlignedFrame:
    """The aligned crop of one position of the working grid.

    Attributes:
        position: Place on the working grid, from 0, without gaps.
        source_index: Number of the frame in the source.
        time_s: Its time in the source in seconds.
        crop: (S, S, 3) RGB uint8.
        landmarks: (468, 3) float64 in px of the crop, depth in the same unit; interpolated between measured
            frames, held where there is no face.
        face: Whether there is a face: seen, or bridged over a short loss.
        box: Left, top, right, bottom of the landmarks in px of the source frame.
        matrix: (2, 3) float64, similarity from the source frame to the crop.
    """

    position: int
    source_index: int
    time_s: float
    crop: np.ndarray
    landmarks: np.ndarray
    face: bool
    box: tuple[float, float, float, float]
    matrix: np.ndarray


_CHOSEN = {
    'largest': 'the largest at the start is followed',
    'center': 'the one nearest to the middle at the start is followed',
}


class FaceNotes:
    """Turn what happens to the face into notes, with times in the source.

    Args:
        notes: Where to add them.
        face: Which face is followed.
    """

    def __init__(self, notes: list[str], face: FaceChoice) -> None:
        self._notes = NoteList(notes)
        self._chosen = _CHOSEN[face] if isinstance(face, str) else None
        self._crowded = False
        self._lost_at: float | None = None
        self._gone = False
        self._seen = False

    def count(self, faces: int | None, time_s: float) -> None:
        """Take the number of faces that a detection found."""
        if faces is not None and faces > 1 and self._chosen is not None and not self._crowded:
            self._crowded = True
            self._notes.add('faces', f'several faces (first at {time_s:.1f} s); {self._chosen}')

    def lost(self, time_s: float) -> None:
        """The face is not there from here on."""
        self._lost_at = time_s

    def gone(self) -> None:
        """The loss is too long to be bridged."""
        self._gone = True

    def found(self, time_s: float, other: bool) -> None:
        """The face is there.

        Args:
            time_s: Time of the frame.
            other: Whether it lies where the face of before cannot have gone.
        """
        if self._lost_at is not None:
            self._notes.add('losses of the face', self._loss(f'{self._lost_at:.1f}-{time_s:.1f} s', other))
        if other:
            self._notes.add(
                'jumps of the face', f'another face may be followed from {time_s:.1f} s on: it lies elsewhere'
            )
        self._lost_at, self._gone, self._seen = None, False, True

    def finish(self) -> None:
        """The video is at its end."""
        if self._lost_at is not None and self._seen:
            self._notes.add('losses of the face', self._loss(f'from {self._lost_at:.1f} s to the end', False))

    def _loss(self, when: str, other: bool) -> str:
        if self._gone or other or not self._seen:
            return f'face lost {when}' if self._seen else f'no face {when}'
        return f'face lost {when}: bridged'


def align_stream(
    frames: Iterable[TimedFrame],
    fps: float,
    crop_size: int,
    tracker: FaceTracker,
    face: FaceChoice = 'largest',
    notes: list[str] | None = None,
    name: str = 'video',
) -> Iterator[AlignedFrame]:
    """Follow a face and cut out its aligned crop, as the preparation of data sets does, in one pass.

    The smoothing looks 3 s ahead, so about as many frames are held, cut down where they are large
    (:class:`HeldFrame`). A loss of up to 2 s is bridged by interpolation. Beyond that the frames are marked
    ``face=False`` with the last place held, and the alignment starts anew when the face is back; so it does
    where the face followed is suddenly another one.

    Args:
        frames: Frames at a constant rate, see :func:`resample`.
        fps: That rate.
        crop_size: Side of the crop in px.
        tracker: The face networks.
        face: ``'largest'`` or ``'center'`` of the first frame with a face, or a box of :func:`find_faces`:
            then only a face near the last place is taken after a loss. Defaults to ``'largest'``.
        notes: Where to add what a user should know (several faces, face lost, ...). Defaults to None.
        name: The video's name for messages. Defaults to 'video'.

    Yields:
        Every position, in order.

    Raises:
        NoFaceVideoError: At the end, if no frame showed the face.
    """
    aligner = FaceAligner(fps, crop_size, tracker, face, [] if notes is None else notes)
    for frame in frames:
        yield from aligner.push(frame)
    yield from aligner.finish()
    if not aligner.found:
        raise NoFaceVideoError(f'{name}: no face found in any of the {aligner.looked_at} frames looked at')
