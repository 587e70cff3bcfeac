"""Labelled videos as the movement spotter sees them, and what its scores are worth on them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mmaction_mespot.annotations.own import read_own
from mmaction_mespot.atomic_file import whole_file
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.functional.matching import match_one_to_one
from mmaction_mespot.intervals.detections import Detections
from mmaction_mespot.intervals.postprocess import merge_windows
from mmaction_mespot.preprocessing.faces import FaceTracker
from mmaction_mespot.preprocessing.faces.face_aligner import align_stream
from mmaction_mespot.preprocessing.flow.motion import motion_stream
from mmaction_mespot.preprocessing.video import open_video_source, resample
from mmaction_mespot.spotters.movement import MOVEMENT_STREAMS
from mmaction_mespot.spotters.rate_table import RateTable, calibrate
from mmaction_mespot.spotting.interval_stream import unlimited
from mmaction_mespot.spotting.model import SpotModel

SPLITS = 'splits.json'


@dataclass(frozen=True)
class LabelledVideo:
    """A video file and its events.

    Attributes:
        path: The file.
        subject: Its person.
        fps: Frames per second of the file.
        total_frames: Its frames.
        segments: Labelled intervals in frames, half-open, (k, 2).
        labels: Their classes, (k,).
    """

    path: Path
    subject: str
    fps: float
    total_frames: int
    segments: np.ndarray
    labels: np.ndarray

    @property
    def minutes(self) -> float:
        """Its length."""
        return self.total_frames / self.fps / 60


def labelled_videos(root: Path, split: str) -> list[LabelledVideo]:
    """Videos of a folder, as ``tools/prepare.py own`` reads it.

    Args:
        root: The folder, with a table of labels.
        split: With a ``splits.json`` in the folder only these people of it are taken; without one, all.

    Raises:
        MESpotError: If the folder cannot be read, holds folders of frames, or nobody of the split.
    """
    annotations, _ = read_own(root)
    splits = annotations['metainfo'].get('splits')
    people = None if splits is None else set(splits.get(split, ()))
    found = []
    for row in annotations['data_list']:
        if people is not None and row['subject'] not in people:
            continue
        if 'video' not in row:
            raise MESpotError(f'{root}: {row["video_id"]}: found a folder of frames, expected a video file')
        segments = np.array([event['segment'] for event in row['instances']], float).reshape(-1, 2)
        labels = np.array([event['label'] for event in row['instances']], int)
        video = root / row['video']
        found.append(
            LabelledVideo(
                video, row['subject'], float(row['fps']), int(row['total_frames']), segments, labels
            )
        )
    if not found:
        raise MESpotError(f'{root / SPLITS}: found no video of the people of {split!r}, expected some')
    return found


@dataclass(frozen=True)
class VideoStreams:
    """What the movement spotter reads of a video.

    Attributes:
        streams: Arrays by the names of :data:`MOVEMENT_STREAMS`, (n, ...).
        fps: Frames per second of the file.
        rate: Positions per second of the streams.
    """

    streams: dict[str, np.ndarray]
    fps: float
    rate: float

    def positions(self, segments: np.ndarray) -> np.ndarray:
        """Intervals in frames of the file as positions of the streams."""
        return segments * self.rate / self.fps


def video_streams(path: Path, model: SpotModel, cache: Path, tracker: FaceTracker) -> VideoStreams:
    """Streams of a video; from the cache if there.

    Args:
        path: The file.
        model: The movement spotter; its preparation counts.
        cache: Folder in which the streams of each file are kept.
        tracker: The face tracker.

    Raises:
        VideoError: If the video cannot be used.
    """
    key = hashlib.sha256(f'{path.resolve()} {path.stat().st_size} {path.stat().st_mtime_ns}'.encode())
    kept = cache / f'{key.hexdigest()[:24]}.npz'
    if not kept.is_file():
        prepared, source = model.preparation, open_video_source(path)
        rate = prepared.rate(source.fps)
        aligned = align_stream(resample(source, rate), rate, prepared.crop_size, tracker, name=source.name)
        motion = motion_stream(aligned, rate, prepared.gap(rate), prepared.streams, prepared.flow_method)
        rows = [[entry.streams[name] for name in MOVEMENT_STREAMS] for entry in motion]
        arrays = dict(zip(MOVEMENT_STREAMS, map(np.stack, zip(*rows, strict=True)), strict=True))
        cache.mkdir(parents=True, exist_ok=True)
        with whole_file(kept) as partial, partial.open('wb') as file:
            np.savez_compressed(file, fps=source.fps, rate=rate, **arrays)  # type: ignore[arg-type]
    with np.load(kept) as data:
        streams = {name: data[name] for name in MOVEMENT_STREAMS}
        return VideoStreams(streams, float(data['fps']), float(data['rate']))


def candidates_of(model: SpotModel, video: VideoStreams) -> Detections:
    """All candidates of a video after the merging, before thresholds, as ``tools/spot.py`` gives them.

    Args:
        model: The spotter.
        video: Its streams.

    Returns:
        Candidates in positions of the streams, by falling score.
    """
    rate, count = video.rate, len(video.streams[MOVEMENT_STREAMS[0]])
    session = model.open_session(rate, model.preparation.gap(rate), video.fps)
    windows = [
        window
        for place in range(count)
        for window in session.push({name: values[place] for name, values in video.streams.items()})
    ]
    windows += session.finish()
    return merge_windows(windows, rate, count, unlimited(model.post_processing))


def measure_rates(
    model: SpotModel,
    videos: Sequence[LabelledVideo],
    streams: Iterable[VideoStreams],
    scorer: Path,
    words: str,
) -> RateTable:
    """Measure what the scores of a spotter are worth, on people whom it did not see.

    A candidate is right if it hits an event of its class, one to one, with an IoU of at least .5: this gives
    the probabilities, over all videos. The false detections per minute are counted in the videos without any
    event, where little happens: an unlabelled movement in a lively face is not held against the spotter.

    Args:
        model: The spotter with the scorer.
        videos: The videos.
        streams: Their streams, in the same order.
        scorer: File of the scorer, for its hash.
        words: What the videos are, such as 'synthetic videos of people whom the scorer did not see'.

    Raises:
        MESpotError: If no video is without events.
    """
    quiet = [len(video.segments) == 0 for video in videos]
    counted_minutes = sum(video.minutes for video, none in zip(videos, quiet, strict=True) if none)
    if not counted_minutes:
        raise MESpotError(
            f'{len(videos)} videos: found events in all of them, expected some without any: '
            'the false detections per minute are counted there'
        )
    rows = list(_judged(model, videos, streams))
    scores, labels, hits = (np.concatenate([row[column] for row in rows]) for column in range(3))
    counted = np.repeat(quiet, [len(row[0]) for row in rows])
    minutes, people = sum(video.minutes for video in videos), len({video.subject for video in videos})
    made_from = (
        f'{words}: false detections in {counted_minutes:.3g} minutes without events, '
        f'probabilities in {minutes:.3g} minutes of {people} people'
    )
    return calibrate(scores, labels, hits, counted_minutes, made_from, scorer, counted)


def _judged(
    model: SpotModel, videos: Sequence[LabelledVideo], streams: Iterable[VideoStreams]
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Scores, classes and whether they are right, of the candidates of each video."""
    for video, own in zip(videos, streams, strict=True):
        found = candidates_of(model, own)
        hits = match_one_to_one(found, own.positions(video.segments), video.labels) >= 0
        yield found.scores, found.labels, hits
