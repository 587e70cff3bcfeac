"""Bring detections and annotations of the same videos together."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import numpy as np

from mmaction_mespot.errors import MESpotError, list_problems
from mmaction_mespot.evaluation.functional.video_result import VideoResult
from mmaction_mespot.evaluation.io.csv_layout import UNKNOWN_LABEL, VideoDetections
from mmaction_mespot.intervals.detections import Detections
from mmaction_mespot.intervals.length_classes import label_by_length

OUTSIDE_RULES = ('error', 'clip', 'drop', 'keep')
"""What may be done with detections that reach outside their video."""

_CASME2 = re.compile(r'^(\d+_\d{4})(?!\d).*')

VIDEO_NAME_RULES: dict[str, Callable[[str], str]] = {
    'whole': lambda name: name,
    'last': lambda name: PurePosixPath(name.replace('\\', '/')).name,
    'stem': lambda name: PurePosixPath(name.replace('\\', '/')).stem,
    'casme2': lambda name: _CASME2.sub(r'\1', PurePosixPath(name.replace('\\', '/')).name),
}
"""What of a name in a file names the video: all of it, the last part of a path, this without its suffix; of
a folder of CAS(ME)^2 (``s15/15_0101disgustingteeth``) subject and code."""


UNLISTED_RULES = ('error', 'empty', 'drop')
"""What may be done with detections of videos that the annotations do not name."""


class _UnlistedError(MESpotError):
    """A video that the annotations do not name."""

    def __init__(self, message: str, name: str) -> None:
        super().__init__(message)
        self.name = name


@dataclass(frozen=True)
class JoinedVideos:
    """Videos with their labels and detections.

    Attributes:
        videos: Every video of the annotations; those that the detections do not name have none.
        outside: How many detections reached outside their video.
        by_length: How many detections had no class and got it by their length.
        unlisted: Videos that the annotations do not name.
    """

    videos: list[VideoResult]
    outside: int
    by_length: int
    unlisted: tuple[str, ...] = ()


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

    def join(
        self,
        found: Sequence[VideoDetections],
        outside: str = 'error',
        video_name: str = 'whole',
        unlisted: str = 'error',
    ) -> JoinedVideos:
        """Every video with its labels and detections; several entries of one video are pooled.

        Args:
            found: What the files hold.
            outside: What is done with detections that reach before a video's first frame or past its last
                one: ``'error'``; ``'clip'``: cut to the video, dropped if nothing is left; ``'drop'``;
                ``'keep'``: counted as they are. Defaults to 'error'.
            video_name: A key of :data:`VIDEO_NAME_RULES`, or a regular expression whose first group is the
                video's name. Defaults to 'whole'. A name that is in the annotations as it stands is left so.
            unlisted: What is done with videos that the annotations do not name: ``'error'``; ``'empty'``:
                they are videos without labels, of unknown length; ``'drop'``. Defaults to 'error'.

        Raises:
            MESpotError: With all detections at once that belong to no video, to several, or reach outside.
        """
        if outside not in OUTSIDE_RULES:
            raise MESpotError(f'outside: found {outside!r}, expected one of {", ".join(OUTSIDE_RULES)}')
        if unlisted not in UNLISTED_RULES:
            raise MESpotError(f'unlisted: found {unlisted!r}, expected one of {", ".join(UNLISTED_RULES)}')
        rule = _video_name_rule(video_name)
        known = self._known_names()
        problems: list[str] = []
        missing: dict[str, list[VideoDetections]] = {}
        by_entry: dict[int, list[VideoDetections]] = {}
        for video in found:
            try:
                by_entry.setdefault(self._find(video, rule, known), []).append(video)
            except _UnlistedError as error:
                if unlisted == 'error':
                    problems.append(str(error))
                missing.setdefault(error.name, []).append(video)
            except MESpotError as error:
                problems.append(str(error))
        if unlisted == 'empty' and missing:
            added = self._unlabelled(missing)
            by_entry |= {len(self.entries) + i: videos for i, videos in enumerate(missing.values())}
            joined = LabelledVideos([*self.entries, *added], [*self.parts, *[None] * len(added)])
        else:
            joined = self
        results, outside_rows, by_length = [], 0, 0
        for i, entry in enumerate(joined.entries):
            videos = by_entry.get(i, [])
            detections = Detections.concatenate([video.detections for video in videos])
            total = entry.get('total_frames', math.inf)
            out = (detections.segments[:, 0] < 0) | (detections.segments[:, 1] > total)
            outside_rows += int(out.sum())
            if outside == 'error' and out.any():
                problems += _outside_problems(entry, videos, out)
            results.append(joined._result(i, _fit(detections, total, out, outside)))
            by_length += int((detections.labels == UNKNOWN_LABEL).sum())
        if problems:
            origin = found[0].origin.partition(', row')[0]
            raise MESpotError(list_problems(origin, problems))
        return JoinedVideos(results, outside_rows, by_length, tuple(missing))

    def _unlabelled(self, names: Iterable[str]) -> list[dict[str, Any]]:
        """Entries of videos without labels, of the one frame rate and of the person whom the name tells."""
        rates = {entry['fps'] for entry in self.entries}
        if len(rates) > 1:
            raise MESpotError(
                f'unlisted empty: the annotations hold the frame rates {sorted(rates)}, expected one that '
                f'videos such as {next(iter(names))} can have'
            )
        people = sorted({entry['subject'] for entry in self.entries}, key=len, reverse=True)
        entries = []
        for name in names:
            begins = (person for person in people if f'{name}_'.startswith((f'{person}_', f'{person[1:]}_')))
            entries.append(
                {'video_id': name, 'subject': next(begins, name), 'fps': next(iter(rates)), 'instances': []}
            )
        return entries

    def _known_names(self) -> dict[str, list[int]]:
        """Indices of the entries by each of their names, those next to a subject included."""
        known: dict[str, list[int]] = {}
        for i, entry in enumerate(self.entries):
            for name in _names(entry, True):
                known.setdefault(name, []).append(i)
        return known

    def _find(
        self, video: VideoDetections, rule: Callable[[str], str], known: Mapping[str, Sequence[int]]
    ) -> int:
        """Index of the entry that a name means: the whole name if a video has it, else what a rule leaves."""
        whole = self._hits(video.video, video.subject, known)
        name = video.video if whole else rule(video.video)
        hits = whole or self._hits(name, video.subject, known)
        if len(hits) == 1:
            return hits[0]
        named = f'{video.origin}: video {name!r}' + (f' of {video.subject!r}' if video.subject else '')
        if hits:
            several = ', '.join(f'{self.entries[i]["video_id"]} of part {self.parts[i]}' for i in hits)
            raise MESpotError(f'{named} may be any of {several}')
        for option, other in VIDEO_NAME_RULES.items():
            if self._hits(other(video.video), video.subject, known):
                raise MESpotError(
                    f'{named} is not in the annotations, but {other(video.video)!r} is: --video-name {option}'
                )
        names = sorted({name for entry in self.entries for name in _names(entry, False)})
        near = difflib.get_close_matches(name, names, 3, 0.5) or names[:3]
        raise _UnlistedError(
            f'{named} is not in the annotations, expected a name such as {", ".join(near)} (or --unlisted '
            'empty or drop)',
            name,
        )

    def _hits(self, name: str, subject: str | None, known: Mapping[str, Sequence[int]]) -> list[int]:
        return [
            i
            for i in known.get(name, ())
            if name in _names(self.entries[i], subject is not None)
            and _same_subject(self.entries[i], subject)
        ]

    def _result(self, index: int, detections: Detections) -> VideoResult:
        entry = self.entries[index]
        unknown = detections.labels == UNKNOWN_LABEL
        labels = np.where(unknown, label_by_length(detections.segments, entry['fps']), detections.labels)
        instances = entry['instances']
        return VideoResult(
            video_id=entry['video_id'],
            subject=entry['subject'],
            part=self.parts[index],
            fps=float(entry['fps']),
            total_frames=entry.get('total_frames', 0),
            segments=np.array([instance['segment'] for instance in instances]),
            labels=np.array([instance['label'] for instance in instances]),
            detections=Detections(detections.segments, detections.scores, labels),
        )


def _video_name_rule(text: str) -> Callable[[str], str]:
    """The rule of a name; a regular expression that does not fit leaves a name as it is."""
    if text in VIDEO_NAME_RULES:
        return VIDEO_NAME_RULES[text]
    try:
        pattern = re.compile(text)
    except re.error as error:
        raise MESpotError(f'video name: found {text!r}, no regular expression ({error})') from error
    if pattern.groups < 1:
        raise MESpotError(
            f'video name: found {text!r}, expected one of {", ".join(VIDEO_NAME_RULES)}, or a regular '
            'expression with a group, such as (.+)_pred'
        )

    def rule(name: str) -> str:
        match = pattern.fullmatch(name)
        return match[1] if match else name

    return rule


def _fit(detections: Detections, total_frames: float, out: np.ndarray, outside: str) -> Detections:
    """The detections of one video after the rule on those that reach outside."""
    if outside == 'drop':
        return detections[~out]
    if outside == 'clip':
        segments = detections.segments.clip(0, total_frames)
        left = segments[:, 1] > segments[:, 0]
        return Detections(segments, detections.scores, detections.labels)[left]
    return detections


def _outside_problems(
    entry: Mapping[str, Any], videos: Sequence[VideoDetections], out: np.ndarray
) -> list[str]:
    """One line per detection that reaches outside."""
    places: list[str] = []
    for video in videos:
        segments = video.detections.segments.tolist()
        first = video.first_frame
        places += [
            f'{place}, expected frames {first} to {_last_frame(entry, first)} of video '
            f'{entry["video_id"]} (--outside clip, drop or keep)'
            for place in video.places
            or [f'{video.origin}: detection {start:g} to {end:g}' for start, end in segments]
        ]
    return [place for place, is_out in zip(places, out.tolist(), strict=True) if is_out]


def _last_frame(entry: Mapping[str, Any], first: int) -> str:
    return str(entry['total_frames'] - 1 + first) if 'total_frames' in entry else 'its end'


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
