"""What the report looks up beside the dump: apexes, source frames, known events of synthetic videos."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from mmaction_mespot.annotations.schema import load_annotations
from mmaction_mespot.checked_json import SECONDS, checker, read_checked
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.detections import CLASSES
from mmaction_mespot.preprocessing.faces import warp
from mmaction_mespot.preprocessing.store.face_file import FaceFile
from mmaction_mespot.preprocessing.video import FrameError
from mmaction_mespot.preprocessing.video.open import open_annotated
from mmaction_mespot.reports.report_errors import KnownEvents, VideoKey

EVENTS_FILE = 'events.json'


@dataclass(frozen=True)
class PreparedVideo:
    """A video of a prepared data set.

    Attributes:
        entry: Its annotation.
        source_root: Folder of the source frames.
        face_path: The file of its face track.
    """

    entry: dict[str, Any]
    source_root: str
    face_path: Path

    def apex(self, truth: tuple[float, float]) -> int | None:
        """Labelled apex of the label with this interval; None where the table has none."""
        for instance in self.entry['instances']:
            if tuple(instance['segment']) == truth:
                return instance.get('apex')
        return None

    def faces(self, indices: Sequence[int], size: int) -> list[np.ndarray]:
        """Cut the aligned face out of some source frames.

        Args:
            indices: Frames, clipped into the video.
            size: Width of the crops in px.

        Returns:
            uint8 RGB crops, (size, size, 3); without a face track the whole frames, (h, size, 3).

        Raises:
            FrameError: If the frames are not there.
        """
        total = self.entry['total_frames']
        wanted = [min(max(index, 0), total - 1) for index in indices]
        frames = self._images(wanted)
        if not self.face_path.is_file():
            return [fit_width(frame, size) for frame in frames]
        face = FaceFile.read(self.face_path)
        matrices = [face.matrix(index, size) for index in wanted]
        return [warp(frame, matrix, size) for frame, matrix in zip(frames, matrices, strict=True)]

    def _images(self, wanted: Sequence[int]) -> list[np.ndarray]:
        """Some source frames; where one cannot be read, the one before it."""
        found: dict[int, np.ndarray] = {}
        last: np.ndarray | None = None
        for frame in open_annotated(self.entry, self.source_root):
            shown = frame.image if last is None else last
            found |= {index: shown for index in wanted if index < frame.index and index not in found}
            last = frame.image
            if frame.index in wanted:
                found[frame.index] = last
            if len(found) == len(set(wanted)):
                break
        if last is None:
            raise FrameError(f'{self.entry["video_id"]}: no frame can be read')
        return [found.get(index, last) for index in wanted]


@dataclass(frozen=True)
class ReportData:
    """The videos of one or more prepared data sets.

    Attributes:
        videos: By (part, video id).
        events: Known events of synthetic videos, by (part, video id).
    """

    videos: dict[VideoKey, PreparedVideo] = field(default_factory=dict)
    events: dict[VideoKey, KnownEvents] = field(default_factory=dict)


def load_report_data(prepared: Sequence[str | Path]) -> ReportData:
    """Read the annotations (and, of synthetic sets, the events) of prepared data sets.

    Args:
        prepared: Folders with an ``annotations.json``, or folders of such folders (the parts of a benchmark).

    Returns:
        All their videos.

    Raises:
        FileNotFoundError: If a folder holds no annotations.
    """
    found = ReportData()
    for folder in map(Path, prepared):
        paths = sorted([*folder.glob('annotations.json'), *folder.glob('*/annotations.json')])
        if not paths:
            raise FileNotFoundError(f'{folder}: neither it nor a folder in it holds an annotations.json')
        for path in paths:
            data = load_annotations(path)
            part, root = data['metainfo'].get('part'), data['metainfo']['source_root']
            for entry in data['data_list']:
                face_path = path.parent / 'faces' / f'{entry["video_id"]}.h5'
                found.videos[part, entry['video_id']] = PreparedVideo(entry, root, face_path)
            events = Path(root) / EVENTS_FILE
            if events.is_file():
                found.events.update({(part, name): known for name, known in read_events(events).items()})
    return found


_check_events = checker(
    {
        'type': 'object',
        'required': ['videos'],
        'properties': {
            'videos': {
                'type': 'array',
                'items': {
                    'type': 'object',
                    'required': ['video_id', 'events'],
                    'properties': {
                        'video_id': {'type': 'string'},
                        'events': {
                            'type': 'array',
                            'items': {
                                'type': 'object',
                                'required': ['kind', 'start', 'end'],
                                'properties': {
                                    'kind': {'type': 'string'},
                                    **dict.fromkeys(('start', 'end'), SECONDS),
                                    'amplitude': {'type': ['number', 'null'], 'minimum': 0, 'maximum': 1e6},
                                },
                                'if': {'properties': {'kind': {'enum': list(CLASSES)}}},
                                'then': {
                                    'required': ['amplitude'],
                                    'properties': {'amplitude': {'type': 'number'}},
                                },
                            },
                        },
                    },
                },
            }
        },
    }
)


def read_events(path: str | Path) -> dict[str, KnownEvents]:
    """Read the events of a synthetic data set: its distractors and the amplitudes of its expressions.

    Args:
        path: The ``events.json`` beside the frames.

    Returns:
        The known events by video id.

    Raises:
        MESpotError: If the file is something else, or an event ends before it starts.
    """
    path = Path(path)
    videos = read_checked(path, _check_events, 'events of a synthetic data set')['videos']
    known = {}
    for video in videos:
        events = KnownEvents()
        for event in video['events']:
            interval = (float(event['start']), float(event['end']))
            if interval[1] < interval[0]:
                raise MESpotError(
                    f'{path}: {video["video_id"]}: found an event from {interval[0]:g} to {interval[1]:g}, '
                    'expected the end after the start'
                )
            if event['kind'] in CLASSES:
                events.amplitudes.append((interval, float(event['amplitude'])))
            else:
                events.distractors.append((str(event['kind']), interval))
        known[str(video['video_id'])] = events
    return known


def fit_width(image: np.ndarray, width: int) -> np.ndarray:
    """Scale a picture to a width, keeping its proportions."""
    height = max(1, round(image.shape[0] * width / image.shape[1]))
    return cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
