"""Aligned crops of one face, frame by frame, in one pass."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mmaction_mespot.preprocessing.faces import FaceTracker
from mmaction_mespot.preprocessing.faces.follower import FaceChoice
from mmaction_mespot.preprocessing.video import NoFaceVideoError, TimedFrame

from .aligned_frame import AlignedFrame
from .face_aligner import FaceAligner


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
