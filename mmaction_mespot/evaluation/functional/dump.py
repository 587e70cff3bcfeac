"""The dump of a test run: candidates before thresholds beside the ground truth, as JSON.

With it protocols, thresholds and plots are re-run without inference.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np

from mmaction_mespot.atomic_file import write_whole
from mmaction_mespot.contained import NAME_PATTERN
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.functional.video_result import VideoResult
from mmaction_mespot.intervals.detections import CLASSES, Detections
from mmaction_mespot.strict_json import read_json

MAX_FRAMES, MAX_FPS = 10**8, 100_000
_SEGMENT = {'type': 'array', 'items': {'type': 'number'}, 'minItems': 2, 'maxItems': 2}
_LABEL = {'type': 'integer', 'minimum': 0, 'maximum': len(CLASSES) - 1}


def _object(**properties: dict) -> dict:
    return {'type': 'object', 'properties': properties, 'required': list(properties)}


SCHEMA = _object(
    metainfo=_object(
        classes={'const': list(CLASSES)},
        thresholds={
            'oneOf': [
                {'type': 'null'},
                {**_object(**{name: {'type': 'number'} for name in CLASSES}), 'additionalProperties': False},
            ]
        },
        top_threshold={'type': ['number', 'null'], 'minimum': 0, 'maximum': 1},
        threshold_source={'type': 'string'},
        iou_threshold={'type': 'number', 'exclusiveMinimum': 0, 'maximum': 1},
        post_processing={'type': 'object'},
    ),
    videos={
        'type': 'array',
        'items': _object(
            video_id={'type': 'string', 'pattern': NAME_PATTERN},
            subject={'type': 'string', 'pattern': NAME_PATTERN},
            part={'type': ['string', 'null'], 'pattern': NAME_PATTERN},
            fps={'type': 'number', 'exclusiveMinimum': 0, 'maximum': MAX_FPS},
            total_frames={'type': 'integer', 'minimum': 1, 'maximum': MAX_FRAMES},
            ground_truth={'type': 'array', 'items': _object(segment=_SEGMENT, label=_LABEL)},
            candidates={
                'type': 'array',
                'items': _object(segment=_SEGMENT, score={'type': 'number'}, label=_LABEL),
            },
        ),
    },
)
"""JSON schema of a dump."""


@dataclass(frozen=True)
class Dump:
    """Results of a test run.

    Attributes:
        metainfo: ``classes``; ``thresholds`` by class name (kept: score >= threshold) or null;
            ``top_threshold`` (fraction of a video's candidates that is kept instead) or null;
            ``threshold_source``; ``iou_threshold``; ``post_processing``, the settings behind the candidates.
        videos: Videos with all their merged candidates, before thresholds.
    """

    metainfo: dict[str, Any]
    videos: list[VideoResult]

    def final_videos(self) -> list[VideoResult]:
        """The videos with their final detections, by the thresholds that the dump holds.

        Raises:
            MESpotError: If it holds none.
        """
        thresholds, top_threshold = self.metainfo['thresholds'], self.metainfo['top_threshold']
        if thresholds is not None:
            return [video.with_thresholds(thresholds) for video in self.videos]
        if top_threshold is not None:
            return [video.with_top_threshold(top_threshold) for video in self.videos]
        raise MESpotError('the dump holds neither thresholds nor a top_threshold')


def save_dump(dump: Dump, path: str | Path) -> None:
    """Check a dump and write it; the file is there whole or not at all.

    Args:
        dump: The results.
        path: Where to; missing folders are made.

    Raises:
        MESpotError: If the dump does not follow :data:`SCHEMA`.
    """
    path = Path(path)
    data = {'metainfo': dump.metainfo, 'videos': [_video_to_json(video) for video in dump.videos]}
    _validate(data, str(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, json.dumps(data))


def load_dump(path: str | Path) -> Dump:
    """Read and check a dump.

    Args:
        path: A file written by :func:`save_dump`.

    Raises:
        FileNotFoundError: If there is no such file.
        MESpotError: If it is no JSON or no dump; the message names the file and the key.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f'{path}: no such dump of detections')
    data = read_json(path)
    _validate(data, str(path))
    return Dump(data['metainfo'], [_video_from_json(video) for video in data['videos']])


def _validate(data: Mapping[str, Any], origin: str) -> None:
    """Check the schema, and that each video of a part is there once."""
    error = jsonschema.exceptions.best_match(jsonschema.Draft202012Validator(SCHEMA).iter_errors(data))
    if error is not None:
        raise MESpotError(f'{origin}: at {error.json_path}: {error.message}')
    seen = set()
    for video in data['videos']:
        key = (video['part'], video['video_id'])
        if key in seen:
            raise MESpotError(f'{origin}: video {video["video_id"]} of part {video["part"]} occurs twice')
        seen.add(key)
        _check_numbers(video, f'{origin}: video {video["video_id"]}')
    for name, value in (data['metainfo']['thresholds'] or {}).items():
        if not math.isfinite(value):
            raise MESpotError(f'{origin}: the threshold of {name} is {value}, expected a finite number')


def _check_numbers(video: Mapping[str, Any], origin: str) -> None:
    """Check that every number is one, and that intervals go forward and begin in the video."""
    total = video['total_frames']
    for key in ('ground_truth', 'candidates'):
        for number, entry in enumerate(video[key]):
            start, end = entry['segment']
            score, first = entry.get('score', 0), 0 if key == 'ground_truth' else -math.inf
            if not (math.isfinite(start) and math.isfinite(end) and first <= start < min(end, total)):
                raise MESpotError(
                    f'{origin}: {key}[{number}].segment: found [{start:g}, {end:g}], expected start < end in '
                    f'frames, from the {total} of the video'
                )
            if not math.isfinite(score):
                raise MESpotError(f'{origin}: {key}[{number}].score: found {score}, expected a finite number')


def _video_to_json(video: VideoResult) -> dict[str, Any]:
    found = video.detections
    return {
        'video_id': video.video_id,
        'subject': video.subject,
        'part': video.part,
        'fps': float(video.fps),
        'total_frames': int(video.total_frames),
        'ground_truth': [
            {'segment': segment, 'label': label}
            for segment, label in zip(video.segments.tolist(), video.labels.tolist(), strict=True)
        ],
        'candidates': [
            {'segment': segment, 'score': score, 'label': label}
            for segment, score, label in zip(
                found.segments.tolist(), found.scores.tolist(), found.labels.tolist(), strict=True
            )
        ],
    }


def _video_from_json(video: Mapping[str, Any]) -> VideoResult:
    truth, found = video['ground_truth'], video['candidates']
    return VideoResult(
        **{key: video[key] for key in ('video_id', 'subject', 'part', 'fps', 'total_frames')},
        segments=np.array([item['segment'] for item in truth]),
        labels=np.array([item['label'] for item in truth]),
        detections=Detections(
            np.array([item['segment'] for item in found]),
            np.array([item['score'] for item in found]),
            np.array([item['label'] for item in found]),
        ),
    )
