"""Events of a label table put into the videos on disk: the common annotations."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

from mmaction_mespot.intervals.detections import CLASSES, MAE, ME

from .annotation_error import AnnotationError
from .event_times import check_time_rules
from .labelled_event import LabelledEvent
from .read_report import ReadReport
from .schema import MAX_FPS, validate_annotations
from .source_video import SourceVideo, UnseenFrames
from .video_listing import VideoListing

_LONG_MICRO_S = 1.0
_LISTED_NOTES = 20

ASSEMBLY_RULES = {
    'not_understood': 'rows or videos not understood: left out',
    'filled_offset_clipped': 'events whose filled-in offset lay past the last frame: clipped to the video',
    'onset_before_first': 'events that begin before the first frame: clipped to the video',
    'apex_clipped_off': 'events whose apex lies in what was clipped: apex left out',
    'overlapping_pair': 'pairs of overlapping events: kept',
    'long_micro': f'ME longer than {_LONG_MICRO_S:g} s: kept, the class is the one of the table',
    'video_note': 'notes on video files: see above',
    'folder_ignored': 'folders that are not named like a video: ignored',
    'video_without_events': 'videos without events: kept, every detection in them is a false positive',
}
CLIPPING_RULES = {
    'past_end_clipped': 'events that run past the last frame: clipped to the video',
    'past_end_dropped': 'events that begin past the last frame: dropped',
}


def begin_reading(
    root: str | Path,
    download: str,
    rules: Mapping[str, str],
    offset_rule: str = 'apex',
    backward_rule: str = 'error',
    fps: float | None = None,
) -> tuple[Path, ReadReport]:
    """Check what every reader is given.

    Args:
        root: Folder of the download.
        download: Name of the data set for the message.
        rules: Sentences of the report's rules.
        offset_rule: One of `event_times.OFFSET_RULES`. Defaults to 'apex'.
        backward_rule: One of `event_times.BACKWARD_RULES`. Defaults to 'error'.
        fps: A frame rate that the user gives. Defaults to None.

    Returns:
        The folder, and an empty report.

    Raises:
        AnnotationError: If there is no such folder or rule, or the rate is out of range.
    """
    check_time_rules(offset_rule, backward_rule)
    if not Path(root).is_dir():
        raise AnnotationError(str(root), [f'no such folder, expected the {download} download'])
    if fps is not None and not 0 < fps <= MAX_FPS:
        raise AnnotationError('fps', [f'found {fps}, expected a number from 0 to {MAX_FPS}'])
    return Path(root), ReadReport(rules)


def assemble(
    dataset: str,
    listing: VideoListing,
    events: Sequence[LabelledEvent],
    problems: Sequence[str],
    report: ReadReport,
    lenient: bool,
    clip_past_end: bool = False,
    metainfo: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Put each event into its video and give the annotations.

    Args:
        dataset: Name of the data set.
        listing: The videos on disk.
        events: The events of the table.
        problems: What could not be understood so far.
        report: Takes the applied rules and the totals.
        lenient: Leave out, and report, what can't be understood instead of raising.
        clip_past_end: Clip events that run past the last frame, and drop what is left empty; else they are a
            problem. Defaults to False.
        metainfo: More for ``metainfo``. Defaults to nothing.

    Returns:
        The annotations (see ``schema.py``).

    Raises:
        AnnotationError: With all problems of the table and of the frames at once.
    """
    for name in listing.ignored:
        report.add('folder_ignored', file=name, found='folder', done='not read')
    for name, note in listing.notes:
        report.add('video_note', file=name, found=note, done='read so')
    placed, misplaced = _place(events, listing, report, clip_past_end)
    all_problems = [*listing.problems, *problems, *misplaced]
    if all_problems and (not lenient or not listing.videos):
        found = '; '.join(f'{name}: {value}' for name, value in report.found.items())
        raise AnnotationError(f'{listing.root} ({found})', all_problems)
    for problem in all_problems:
        report.add('not_understood', file=str(listing.root), found=problem, done='left out')
    if not listing.videos:
        raise AnnotationError(str(listing.root), ['no video found'])
    data_list = [
        _entry(video, placed[video_id], report) for video_id, video in sorted(listing.videos.items())
    ]
    data = {
        'metainfo': {
            'dataset': dataset,
            'classes': list(CLASSES),
            'part': None,
            'source_root': str(Path(listing.root).resolve()),
            **(metainfo or {}),
            **({'labels_only': True} if _is_unseen(listing) else {}),
        },
        'data_list': data_list,
    }
    validate_annotations(data, str(listing.root))
    for name, note in listing.notes[:_LISTED_NOTES]:
        report.found[f'note on {name}'] = '; '.join(filter(None, (report.found.get(f'note on {name}'), note)))
    labels = Counter(instance['label'] for video in data_list for instance in video['instances'])
    report.found['totals'] = (
        f'{labels[MAE]} MaE and {labels[ME]} ME in {len(data_list)} videos of '
        f'{len({video["subject"] for video in data_list})} subjects'
    )
    return data


def _is_unseen(listing: VideoListing) -> bool:
    return all(isinstance(video.frames, UnseenFrames) for video in listing.videos.values())


def _place(
    events: Sequence[LabelledEvent], listing: VideoListing, report: ReadReport, clip_past_end: bool
) -> tuple[dict[str, list[dict[str, Any]]], list[str]]:
    """Put each event into its video; give the instances by video and the problems."""
    placed: dict[str, list[dict[str, Any]]] = {video_id: [] for video_id in listing.videos}
    problems: list[str] = []
    homeless: dict[tuple[str, str], list[int]] = {}
    for event in events:
        video = listing.videos.get(event.video_id)
        if video is None:
            homeless.setdefault((event.where['file'], event.video_id), []).append(event.where['row'])
            continue
        instance = _instance(event, video, report, problems, clip_past_end)
        if instance is not None:
            placed[event.video_id].append(instance)
    for (file, video_id), rows in homeless.items():
        fault = 'faulty frames' if video_id in listing.faulty else 'no folder of frames'
        problems.append(
            f'{file}: video {video_id} has {fault}, but labels in rows {", ".join(map(str, rows))}'
        )
    return placed, problems


def _instance(
    event: LabelledEvent, video: SourceVideo, report: ReadReport, problems: list[str], clip_past_end: bool
) -> dict[str, Any] | None:
    """Fit an event into its video; None if it is dropped, by a rule or as a problem."""
    numbered_from = video.frames.start_index
    total = math.inf if video.frames.total_frames is None else video.frames.total_frames
    first = numbered_from if event.first_frame is None else event.first_frame
    if numbered_from not in (0, 1, first):
        problems.append(
            f'{event.place}: the first frame has the number {first}, but {numbered_from} in {video.location}'
        )
        return None
    last = first + total - 1
    found = f'{event.onset}..{event.offset} in {event.video_id}, which has the frames {first}..{last}'
    if event.offset < first or (event.onset > last and not clip_past_end):
        side = 'before the start' if event.offset < first else 'past the end'
        problems.append(
            f'{event.place}: event {event.onset}..{event.offset} {side} of {event.video_id}, '
            f'which has {total} frames, the first of number {first}'
        )
        return None
    if event.onset < first:
        report.add('onset_before_first', **event.where, found=found, done=f'onset {first}')
        event.onset = first
    if event.offset_filled and max(event.onset, event.apex or 0) <= last < event.offset:
        report.add(
            'filled_offset_clipped', **event.where, found=f'offset {event.offset}', done=f'offset {last}'
        )
        event.offset = int(last)
    if event.offset > last:
        if not clip_past_end:
            problems.append(
                f'{event.place}: event {event.onset}..{event.offset} past the end of {event.video_id}, '
                f'which has {total} frames, the first of number {first}'
            )
            return None
        if event.onset > last:
            report.add('past_end_dropped', **event.where, found=found, done='dropped')
            return None
        report.add('past_end_clipped', **event.where, found=found, done=f'offset {last}')
        event.offset = int(last)
    if event.apex is not None and not event.onset <= event.apex <= event.offset:
        report.add('apex_clipped_off', **event.where, found=f'apex {event.apex}', done='no apex')
        event.apex = None
    return event.instance(first)


def _entry(video: SourceVideo, instances: list[dict[str, Any]], report: ReadReport) -> dict[str, Any]:
    """Give a video's entry, and note what is worth knowing about its events."""
    instances = sorted(instances, key=lambda instance: (instance['segment'], instance['source']['row']))
    for first, second in combinations(instances, 2):
        if second['segment'][0] < first['segment'][1]:
            rows = (first['source']['row'], second['source']['row'])
            report.add(
                'overlapping_pair',
                file=first['source']['file'],
                row=rows[1],
                found=f'{video.video_id}: rows {rows[0]} and {rows[1]} overlap',
                done='both kept',
            )
    for instance in instances:
        length = instance['segment'][1] - instance['segment'][0]
        if instance['label'] == ME and length > _LONG_MICRO_S * video.fps:
            found = f'{video.video_id}: an ME of {length} frames ({length / video.fps:.1f} s)'
            source = instance['source']
            report.add('long_micro', file=source['file'], row=source['row'], found=found, done='kept')
    if not instances:
        report.add('video_without_events', file=video.location, found='no row', done='kept')
    return video.entry(instances)
