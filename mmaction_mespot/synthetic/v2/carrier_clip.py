"""Real clips that carry synthetic events: where the face is in each frame, and what it does by itself."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.ndimage import gaussian_filter1d, maximum_filter1d, minimum_filter1d

from mmaction_mespot.atomic_file import whole_file
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.preprocessing.faces import FaceTracker
from mmaction_mespot.preprocessing.faces.shape import (
    SHAPE_REGIONS,
    region_places,
    shape_points,
    without_pose,
)
from mmaction_mespot.preprocessing.video import open_video_source
from mmaction_mespot.strict_json import read_json
from mmaction_mespot.synthetic.morph import similarity_3d

_SUFFIXES = {'.mp4', '.mov', '.mkv', '.avi', '.webm', '.m4v'}
# What follows the skull: eye corners, nose, forehead, temples.
_RIGID = (33, 133, 362, 263, 168, 6, 197, 195, 5, 4, 10, 67, 297, 21, 251, 127, 356, 234, 454)
_EYES = ((33, 133), (362, 263))
_LIPS = (13, 14)
_POSE_ROUNDS = 2
_POSE_SMOOTHING_S, _SHAPE_SMOOTHING_S, _ACTIVITY_SMOOTHING_S = 0.035, 0.12, 0.08
_ACTIVITY_WINDOW_S = 1.0
# A face that moves further than this within a second makes an expression of its own (or sings).
_LIVELIEST = 0.22
_SHORTEST_S = 1.5
_AROUND_LABEL_S = 0.1
_TRACK_VERSION = 1


@dataclass(frozen=True)
class CarrierClip:
    """A clip of n frames.

    Args:
        path: The file.
        fps: Frames per second.
        size: Width and height in px.
        landmarks: Mesh of each frame, smooth over time, shape (n, 468, 3), px.
        found: Whether the face was found, shape (n,), bool.
        activity: How far the most mobile region of the brows, and of the rest of the face, moves within a
            second around each frame, the pose taken out, shape (n, 2), in inter-ocular distances.
        gap: Distance between the lips, shape (n,), in inter-ocular distances.
    """

    path: Path
    fps: float
    size: tuple[int, int]
    landmarks: np.ndarray
    found: np.ndarray
    activity: np.ndarray
    gap: np.ndarray

    @property
    def iod(self) -> float:
        """Median inter-ocular distance in px."""
        right, left = (self.landmarks[:, list(eye)].mean(1) for eye in _EYES)
        return float(np.median(np.linalg.norm(left - right, axis=-1)))

    def stretches(self, labelled: tuple[tuple[int, int], ...] = ()) -> list[tuple[int, int]]:
        """Stretches of at least 1.5 s with the face in sight and without an expression of the clip itself.

        Args:
            labelled: Expressions that are known, half-open, in frames.
        """
        free = self.found & (self.activity.max(1) < _LIVELIEST)
        margin = round(_AROUND_LABEL_S * self.fps)
        for start, end in labelled:
            free[max(0, start - margin) : end + margin] = False
        edges = np.flatnonzero(np.diff(np.concatenate([[0], free.astype(np.int8), [0]])))
        pairs = zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
        return [(start, end) for start, end in pairs if end - start >= _SHORTEST_S * self.fps]


def find_clips(folder: Path) -> dict[str, list[Path]]:
    """Clips by person: a file is a person, and so is a folder of files.

    Raises:
        MESpotError: If the folder holds clips of fewer than three people.
    """
    if not folder.is_dir():
        raise MESpotError(f'{folder}: no such folder of clips.')
    people: dict[str, list[Path]] = {}
    for path in sorted(folder.iterdir()):
        clips = sorted(path.iterdir()) if path.is_dir() else [path]
        if clips := [clip for clip in clips if clip.suffix.lower() in _SUFFIXES]:
            people.setdefault(path.stem, []).extend(clips)
    if len(people) < 3:
        raise MESpotError(f'{folder}: found clips of {len(people)} people, expected at least 3.')
    return people


def read_known_events(path: Path) -> dict[str, tuple[tuple[int, int], ...] | None]:
    """Expressions that are known to be in clips: ``{"clips": {NAME: {"events": [[start, end, type]]}}}``.

    Returns:
        Half-open frames of each clip's expressions by the clip's name without its suffix; None where the
        table says ``null``: nobody knows, so that the clip can't carry anything.

    Raises:
        MESpotError: If the file is something else.
    """
    data = read_json(path)
    clips = data.get('clips') if isinstance(data, Mapping) else None
    if not isinstance(clips, Mapping):
        raise MESpotError(f'{path}: found no object "clips", expected one with the events of each clip.')
    known: dict[str, tuple[tuple[int, int], ...] | None] = {}
    for name, entry in clips.items():
        events = entry.get('events', 0) if isinstance(entry, Mapping) else 0
        if events is None:
            known[name] = None
            continue
        if not isinstance(events, list) or not all(_is_event(event) for event in events):
            raise MESpotError(f'{path}: {name}: events: expected null or a list of [start, end, type].')
        known[name] = tuple((event[0], event[1]) for event in events)
    return known


def _is_event(event: Any) -> bool:
    numbers = event[:2] if isinstance(event, list) and len(event) == 3 else []
    return len(numbers) == 2 and all(type(n) is int for n in numbers) and 0 <= numbers[0] < numbers[1]


def track_clip(path: Path, cache: Path, tracker: FaceTracker | None = None) -> CarrierClip:
    """Follow the face through every frame of a clip; what was tracked before comes from the cache.

    Args:
        path: The file.
        cache: Folder of tracks.
        tracker: The tracker; a new one if None.

    Raises:
        MESpotError: If there is no face in it, or it is no video.
    """
    key = hashlib.sha256(path.read_bytes() + json.dumps(_TRACK_VERSION).encode()).hexdigest()[:16]
    kept = cache / f'{path.stem}_{key}.npz'
    if not kept.is_file():
        source = open_video_source(path)
        tracker = tracker or FaceTracker(every_s=0.9 / source.fps)
        follower = tracker.follower(source.fps)
        points = [follower.step(frame.image).landmarks for frame in source]
        found = np.array([mesh is not None for mesh in points])
        if not found.any():
            raise MESpotError(f'{path}: no face found in any of its {len(points)} frames.')
        # Between two sightings the face is taken to move evenly; these frames carry nothing.
        seen = np.flatnonzero(found)
        measured = np.stack([mesh for mesh in points if mesh is not None]).astype(np.float64)
        place = np.interp(np.arange(len(points)), seen, np.arange(len(seen)))
        low = np.floor(place).astype(int)
        share = (place - low)[:, None, None]
        meshes = (1 - share) * measured[low] + share * measured[np.minimum(low + 1, len(seen) - 1)]
        cache.mkdir(parents=True, exist_ok=True)
        with whole_file(kept) as partial, partial.open('wb') as file:
            np.savez_compressed(
                file, meshes=meshes.astype(np.float32), found=found, fps=source.fps, size=source.size
            )
    with np.load(kept) as data:
        meshes, found, fps = data['meshes'].astype(np.float64), data['found'], float(data['fps'])
        size = (int(data['size'][0]), int(data['size'][1]))
    right, left = (meshes[:, list(eye)].mean(1) for eye in _EYES)
    iod = float(np.median(np.linalg.norm(left - right, axis=-1)))
    activity = face_activity(meshes, fps, iod)
    gap = np.linalg.norm(meshes[:, _LIPS[0], :2] - meshes[:, _LIPS[1], :2], axis=-1) / iod
    return CarrierClip(path, fps, size, smooth_meshes(meshes, fps), found, activity, gap)


def face_activity(meshes: np.ndarray, fps: float, iod: float) -> np.ndarray:
    """How far the brows and the rest of a face move within a second around each frame, see `CarrierClip`."""
    places = region_places(without_pose(shape_points(meshes), iod)) / iod
    places = gaussian_filter1d(places, _ACTIVITY_SMOOTHING_S * fps, axis=0)
    width = round(_ACTIVITY_WINDOW_S * fps) | 1
    spread = maximum_filter1d(places, width, axis=0) - minimum_filter1d(places, width, axis=0)
    moved = np.linalg.norm(spread, axis=-1)
    brows = np.array(['brow' in name for name in SHAPE_REGIONS])
    return np.stack([moved[:, brows].max(1), moved[:, ~brows].max(1)], axis=1)


def smooth_meshes(meshes: np.ndarray, fps: float) -> np.ndarray:
    """Meshes that do not jitter: the shape is smoothed over 0.12 s in the pose of the head, the pose less.

    Args:
        meshes: Shape (n, 468, 3), px.
        fps: Frames per second.

    Returns:
        The same shape, float64.
    """
    weights = np.zeros(meshes.shape[1])
    weights[list(_RIGID)] = 1.0
    reference = np.median(meshes, axis=0)
    for _ in range(_POSE_ROUNDS):
        poses = [similarity_3d(mesh, reference, weights) for mesh in meshes]
        shapes = np.stack([s * m @ r.T + t for m, (s, r, t) in zip(meshes, poses, strict=True)])
        reference = np.median(shapes, axis=0)
    shapes = gaussian_filter1d(shapes, _SHAPE_SMOOTHING_S * fps, axis=0)
    # similarity_3d maps the last reference's pose; the shapes go back into the frames by its inverse.
    back = np.stack([(m - t) @ r / s for m, (s, r, t) in zip(shapes, poses, strict=True)])
    return np.asarray(gaussian_filter1d(back, _POSE_SMOOTHING_S * fps, axis=0))
