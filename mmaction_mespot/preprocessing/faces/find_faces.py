"""Which faces per video shows."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from mmaction_mespot.preprocessing.faces import FaceDetection, FaceTracker
from mmaction_mespot.preprocessing.video import TimedFrame

_EVERY_S = 0.25
_LASTING = 0.5
_SAME_FACE_SIZES = 0.5


def find_faces(
    frames: Iterable[TimedFrame], tracker: FaceTracker, seconds: float = 2.0
) -> list[tuple[float, float, float, float]]:
    """Find the faces that stay in the first seconds of a video, to follow each by itself.

    A frame every 0.25 s is searched. A face counts that is in at least half of the searched frames, at the
    same place to half its size.

    Args:
        frames: The video from its beginning; read no further than needed.
        tracker: The face networks.
        seconds: How far to look. Defaults to 2.0.

    Returns:
        Boxes (left, top, right, bottom) in px where each face was first seen, the largest first; empty if
        there is none yet.
    """
    sightings: list[list[FaceDetection]] = []
    looks, next_look = 0, 0.0
    for frame in frames:
        if frame.time_s > seconds:
            break
        if frame.time_s < next_look:
            continue
        looks, next_look = looks + 1, frame.time_s + _EVERY_S
        for face in tracker.detect(frame.image):
            known = next((seen for seen in sightings if _same(seen[-1], face)), None)
            if known is None:
                sightings.append([face])
            else:
                known.append(face)
    lasting = [seen[0] for seen in sightings if len(seen) >= _LASTING * looks]
    boxes = [face.box.tolist() for face in sorted(lasting, key=lambda face: -face.area)]
    return [(box[0], box[1], box[2], box[3]) for box in boxes]


def _same(before: FaceDetection, after: FaceDetection) -> bool:
    size = float(np.max(before.box[2:] - before.box[:2]))
    return float(np.hypot(*(after.center - before.center))) <= _SAME_FACE_SIZES * size
