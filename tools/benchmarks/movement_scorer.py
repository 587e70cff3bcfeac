"""Train the scorer of `--model movement` on folders of labelled videos, as `tools/prepare.py own` reads them.

The streams of each video are kept in --cache: if interrupted, run it again to resume. With splits.json in a
folder only its training people are taken.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from rich.progress import track

from mmaction_mespot.annotations.own import read_own
from mmaction_mespot.apis.command_line import run_command
from mmaction_mespot.atomic_file import whole_file
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.preprocessing.faces import FaceTracker
from mmaction_mespot.preprocessing.faces.face_aligner import align_stream
from mmaction_mespot.preprocessing.flow.motion import motion_stream
from mmaction_mespot.preprocessing.preparation_settings import PreparationSettings
from mmaction_mespot.preprocessing.video import open_video_source, resample, working_fps
from mmaction_mespot.spotters.movement import MOVEMENT_STREAMS
from mmaction_mespot.spotters.movement_candidates import movement_traces
from mmaction_mespot.spotters.movement_training import TrainingVideo, fit_scorer, training_video

SETTINGS = PreparationSettings((MOVEMENT_STREAMS[0],), crop_size=112, flow_method='tvl1-fast')
TARGET_FPS = 30.0


def video_streams(path: Path, cache: Path, tracker: FaceTracker) -> dict[str, np.ndarray]:
    """Streams of a video with ``fps`` of the file and their own ``rate``; from the cache if there."""
    key = hashlib.sha256(f'{path.resolve()} {path.stat().st_size} {path.stat().st_mtime_ns}'.encode())
    kept = cache / f'{key.hexdigest()[:24]}.npz'
    if not kept.is_file():
        source = open_video_source(path)
        rate = working_fps(source.fps, TARGET_FPS)
        aligned = align_stream(resample(source, rate), rate, SETTINGS.crop_size, tracker, name=source.name)
        motion = motion_stream(aligned, rate, SETTINGS.gap(rate), SETTINGS.streams, SETTINGS.flow_method)
        rows = [[entry.streams[name] for name in MOVEMENT_STREAMS] for entry in motion]
        arrays = dict(zip(MOVEMENT_STREAMS, map(np.stack, zip(*rows, strict=True)), strict=True))
        cache.mkdir(parents=True, exist_ok=True)
        with whole_file(kept) as partial, partial.open('wb') as file:
            np.savez_compressed(file, fps=source.fps, rate=rate, **arrays)
    with np.load(kept) as data:
        return dict(data)


def training_rows(root: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Path and annotation of each video of the training people."""
    annotations, _ = read_own(root)
    people = annotations['metainfo'].get('splits', {}).get('train')
    for row in annotations['data_list']:
        if people is None or row['subject'] in people:
            if 'video' not in row:
                raise MESpotError(
                    f'{root}: {row["video_id"]}: found a folder of frames, expected a video file'
                )
            yield root / row['video'], row


def main() -> None:
    """Train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('roots', type=Path, nargs='+', help='folders of videos with a table of labels each')
    parser.add_argument('--out', type=Path, required=True, help='the scorer, .npz')
    parser.add_argument('--cache', type=Path, default=Path('work_dirs/movement_scorer'))
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--steps-factor', type=float, default=1.0, help='factor on the steps (default: 1)')
    args = parser.parse_args()
    tracker = FaceTracker()
    videos: list[TrainingVideo] = []
    for path, row in track([pair for root in args.roots for pair in training_rows(root)], 'videos'):
        kept = video_streams(path, args.cache, tracker)
        rate = float(kept['rate'])
        flow, head, shapes = (kept[name] for name in MOVEMENT_STREAMS)
        traces = movement_traces(flow, head, shapes, rate, SETTINGS.gap(rate), SETTINGS.crop_size)
        segments = np.array([event['segment'] for event in row['instances']], float).reshape(-1, 2)
        labels = np.array([event['label'] for event in row['instances']], int)
        videos.append(training_video(traces, segments * rate / float(kept['fps']), labels))
    if not any(len(video.features) and video.targets.any() for video in videos):
        raise MESpotError(f'{args.roots[0]}: no labelled movement among {len(videos)} videos')
    fit_scorer(videos, args.out, args.seed, args.steps_factor)
    print(f'{args.out}: {sum(len(video.features) for video in videos)} candidates of {len(videos)} videos')


if __name__ == '__main__':
    sys.exit(run_command(main))
