"""Bring detections and annotations of the same videos together."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import numpy as np

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.functional.video_result import VideoResult
from mmaction_mespot.evaluation.io.video_detections import UNKNOWN_LABEL, VideoDetections
from mmaction_mespot.intervals.detections import Detections
from mmaction_mespot.intervals.length_classes import label_by_length


@dataclass(frozen=True)
class LabelledVideos:
    """Videos of annotation files, found by any name that they go by.

    A video goes by its ``video_id``, by this without the ``s`` of its subject (``15_0101``), and by the name
    of its folder of frames (``15_0101disgustingteeth``); next to its subject also by the rest of its id
    (``0101``).

    Attributes:
        entries: Entries of the annotations' ``data_list``.
        parts: Part of the data set of each entry, or None.
    """

    entries: Sequence[Mapping[str, Any]]
    parts: Sequence[str | None]

    @classmethod
    def from_annotations(
        cls, annotations: Sequence[Mapping[str, Any]], subjects: Sequence[str] | None = None
    ) -> LabelledVideos:
        """The videos of annotation files, or only those of some subjects.

        Raises:
            MESpotError: If no video is left.
        """
        chosen = [
            (entry, data['metainfo'].get('part'))
            for data in annotations
            for entry in data['data_list']
            if subjects is None or entry['subject'] in subjects
        ]
        if not chosen:
            raise MESpotError(f'the annotations hold no video of the subjects {subjects}')
        return cls([entry for entry, _ in chosen], [part for _, part in chosen])

    def join(self, found: Sequence[VideoDetections]) -> list[VideoResult]:
        """Every video with its labels and detections; videos that the detections do not name have none.

        Raises:
            MESpotError: If detections belong to no video, to several, or reach past the video's end.
        """
        by_entry: dict[int, list[VideoDetections]] = {}
        for video in found:
            by_entry.setdefault(self._find(video), []).append(video)
        return [self._result(i, by_entry.get(i, [])) for i in range(len(self.entries))]

    def _find(self, video: VideoDetections) -> int:
        """Index of the entry that a name means."""
        hits = [
            i
            for i, entry in enumerate(self.entries)
            if video.video in _names(entry, video.subject is not None) and _same_subject(entry, video.subject)
        ]
        if len(hits) == 1:
            return hits[0]
        named = f'{video.origin}: video {video.video!r}' + (f' of {video.subject!r}' if video.subject else '')
        if hits:
            several = ', '.join(f'{self.entries[i]["video_id"]} of part {self.parts[i]}' for i in hits)
            raise MESpotError(f'{named} may be any of {several}')
        known = sorted({name for entry in self.entries for name in _names(entry, False)})
        near = difflib.get_close_matches(video.video, known, 3, 0.5) or known[:3]
        raise MESpotError(f'{named} is not in the annotations, expected a name such as {", ".join(near)}')

    def _result(self, index: int, found: list[VideoDetections]) -> VideoResult:
        entry = self.entries[index]
        detections = Detections.concatenate([video.detections for video in found])
        beyond = detections.segments[:, 0] >= entry['total_frames']
        if beyond.any():
            start = detections.segments[beyond][0, 0]
            raise MESpotError(
                f'{found[0].origin}: video {entry["video_id"]} has {entry["total_frames"]} frames, '
                f'but a detection starts at frame {start:g} (from 0)'
            )
        unknown = detections.labels == UNKNOWN_LABEL
        labels = np.where(unknown, label_by_length(detections.segments, entry['fps']), detections.labels)
        instances = entry['instances']
        return VideoResult(
            video_id=entry['video_id'],
            subject=entry['subject'],
            part=self.parts[index],
            fps=float(entry['fps']),
            total_frames=entry['total_frames'],
            segments=np.array([instance['segment'] for instance in instances]),
            labels=np.array([instance['label'] for instance in instances]),
            detections=Detections(detections.segments, detections.scores, labels),
        )


def _names(entry: Mapping[str, Any], next_to_subject: bool) -> set[str]:
    """All names of a video."""
    video_id, subject = entry['video_id'], entry['subject']
    names = {video_id, PurePosixPath(entry.get('frame_dir') or video_id).name}
    if subject.startswith('s') and video_id.startswith(subject):
        names.add(video_id[1:])
    if next_to_subject:
        names.add(video_id.removeprefix(f'{subject}_'))
    return names


def _same_subject(entry: Mapping[str, Any], subject: str | None) -> bool:
    return subject is None or subject in (entry['subject'], entry['subject'].removeprefix('s'))
