"""Annotations in ActivityNet's form, as MMAction2's localizers read them, and back.

One entry per video, or a window of one::

    "v_s01_0101": {
      "duration_second": 10.0, "duration_frame": 300, "feature_frame": 300, "fps": 30.0, "rfps": 30.0,
      "annotations": [{"segment": [3.333, 4.667], "label": "MaE"}],
      "video_id": "s01_0101", "subject": "s01", "part": null, "total_frames": 300, "window_start": 0.0,
      "video_segments": [[100, 140]], "video_labels": [0], ...
    }

The first two lines are ActivityNet's (seconds from the start of the entry); the rest is what our metric and
the way back need. Names begin with ``v_``, which MMAction2's own metric cuts off.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mmaction_mespot.annotations.annotation_error import AnnotationError
from mmaction_mespot.checked_json import FRAME, MAX_FRAMES, SECONDS, checker
from mmaction_mespot.intervals.detections import CLASSES

PREFIX = 'v_'
NEEDED = ('duration_second', 'duration_frame', 'annotations')
SOURCE_KEYS = ('frame_dir', 'filename_tmpl', 'start_index', 'video', 'size')
DECIMALS = 6
MIN_VISIBLE = 0.5


def to_entry(
    video: Mapping[str, Any],
    part: str | None,
    window: tuple[float, float] | None = None,
    feature_frame: float | None = None,
) -> tuple[str, dict[str, Any]]:
    """Turn a video, or a window of it, into an entry.

    Args:
        video: Entry of the common annotation file.
        part: The data set's part, or None.
        window: First frame and length in frames. Defaults to None, the whole video.
        feature_frame: Frames that the features cover. Defaults to None, all of the entry.

    Returns:
        Its name and the entry. An event counts in a window that shows at least half of it, and is cut there.
    """
    fps, total = float(video['fps']), int(video['total_frames'])
    start, length = window or (0.0, float(total))
    name = f'{PREFIX}{video["video_id"]}' + ('' if window is None else f'_{round(start):06d}')
    annotations = []
    for event in video['instances']:
        low, high = (min(max(frame - start, 0.0), length) for frame in event['segment'])
        if high - low < MIN_VISIBLE * (event['segment'][1] - event['segment'][0]) or high <= low:
            continue
        seconds = [round(low / fps, DECIMALS), round(high / fps, DECIMALS)]
        annotations.append(dict(segment=seconds, label=CLASSES[event['label']]))
    entry = dict(
        duration_second=length / fps,
        duration_frame=_plain(length),
        feature_frame=_plain(length if feature_frame is None else feature_frame),
        fps=fps,
        rfps=fps,
        annotations=annotations,
        video_id=video['video_id'],
        subject=video['subject'],
        part=part,
        total_frames=total,
        window_start=start,
        video_segments=[list(event['segment']) for event in video['instances']],
        video_labels=[event['label'] for event in video['instances']],
        **{key: video[key] for key in SOURCE_KEYS if key in video},
    )
    return name, entry


def from_entries(
    entries: Mapping[str, Mapping[str, Any]], origin: str, size: Sequence[int] | None = None
) -> list[dict[str, Any]]:
    """Turn entries into videos of the common annotation file; windows of one video become one.

    Args:
        entries: The content of an ActivityNet JSON.
        origin: Where they come from, for messages.
        size: Width and height of the frames, for entries that do not say it. Defaults to None.

    Returns:
        The ``data_list``. What a foreign entry does not say: the subject is the video, the file
        ``<name>.mp4``.

    Raises:
        AnnotationError: If an entry lacks a key, or a label is not one of ours.
    """
    problems: list[str] = []
    videos: dict[str, dict[str, Any]] = {}
    for name, entry in entries.items():
        missing = [key for key in NEEDED if key not in entry]
        if 'size' not in entry and size is None:
            missing.append('size (or give one for all)')
        if missing:
            problems.append(f'{name}: lacks {", ".join(missing)}; found {", ".join(sorted(entry))}')
            continue
        wrong = _check_entry(entry) or _backward(entry)
        if wrong:
            problems.append(f'{name}: {wrong}')
            continue
        video_id = str(entry.get('video_id', name.removeprefix(PREFIX)))
        if video_id in videos:
            continue
        fps = float(entry.get('fps') or entry['duration_frame'] / entry['duration_second'])
        total = int(entry.get('total_frames', entry['duration_frame']))
        events, unknown = _events(entry, fps, total)
        problems += [f'{name}: label {label!r}, expected one of {CLASSES}' for label in unknown]
        where = {key: entry[key] for key in SOURCE_KEYS if key in entry}
        if 'frame_dir' not in where:
            where.setdefault('video', f'{name}.mp4')
        where.setdefault('size', list(size or ()))
        videos[video_id] = dict(
            video_id=video_id,
            subject=str(entry.get('subject', video_id)),
            total_frames=total,
            fps=fps,
            instances=[dict(segment=segment, label=label) for segment, label in events],
            **where,
        )
    if problems:
        raise AnnotationError(origin, problems)
    return list(videos.values())


_PAIR = {'type': 'array', 'items': SECONDS, 'minItems': 2, 'maxItems': 2}
_LENGTH = {'type': 'number', 'exclusiveMinimum': 0, 'maximum': MAX_FRAMES}
_check_entry = checker(
    {
        'properties': {
            'duration_second': _LENGTH,
            'duration_frame': _LENGTH | {'minimum': 1},
            'total_frames': FRAME | {'minimum': 1},
            'fps': {'type': ['number', 'null'], 'exclusiveMinimum': 0, 'maximum': 1e6},
            'annotations': {
                'type': 'array',
                'items': {
                    'type': 'object',
                    'required': ['segment', 'label'],
                    'properties': {'segment': _PAIR},
                },
            },
            'video_segments': {'type': 'array', 'items': _PAIR},
            'video_labels': {'type': 'array', 'items': {'enum': list(range(len(CLASSES)))}},
            'size': {'type': 'array', 'items': FRAME | {'minimum': 1}, 'minItems': 2, 'maxItems': 2},
        }
    }
)


def _backward(entry: Mapping[str, Any]) -> str:
    """The first event that does not go forward, or that has no label."""
    segments = entry.get('video_segments')
    if segments is None:
        segments = [event['segment'] for event in entry['annotations']]
    elif len(segments) != len(entry.get('video_labels', ())):
        return f'{len(segments)} video_segments, found {len(entry.get("video_labels", ()))} video_labels'
    for start, end in segments:
        if end < start:
            return f'found an event from {start:g} to {end:g}, expected the end after the start'
    return ''


def _events(
    entry: Mapping[str, Any], fps: float, total: int
) -> tuple[list[tuple[list[int], int]], list[str]]:
    """The events of an entry's video in frames, and the labels that are not ours."""
    if 'video_segments' in entry:
        pairs = zip(entry['video_segments'], entry['video_labels'], strict=True)
        return [([int(a), int(b)], int(label)) for (a, b), label in pairs], []
    events, unknown = [], []
    for annotation in entry['annotations']:
        if annotation['label'] not in CLASSES:
            unknown.append(annotation['label'])
            continue
        start, end = (min(max(round(s * fps), 0), total) for s in annotation['segment'])
        events.append(([min(start, total - 1), max(end, start + 1)], CLASSES.index(annotation['label'])))
    return events, unknown


def _plain(frames: float) -> float | int:
    """A whole number as an int."""
    return int(frames) if float(frames).is_integer() else float(frames)
