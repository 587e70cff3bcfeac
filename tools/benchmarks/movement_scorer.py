"""Train and calibrate the scorer of `--model movement` on folders of labelled videos.

The folders are those that `tools/prepare.py own` reads. With splits.json in a folder only the people of one
split are taken: `train` for the training, `val` for the calibration. The streams of each video are kept in
--cache: if interrupted, run it again to resume.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.progress import track

from mmaction_mespot.apis.command_line import run_command
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.detections import CLASSES
from mmaction_mespot.preprocessing.faces import FaceTracker
from mmaction_mespot.spotters.movement import MOVEMENT_STREAMS, RATES_FILE, SCORER_FILE, MovementScorer
from mmaction_mespot.spotters.movement_candidates import movement_traces
from mmaction_mespot.spotting.labelled_videos import (
    LabelledVideo,
    VideoStreams,
    labelled_videos,
    measure_rates,
    video_streams,
)
from mmaction_mespot.spotting.training_free import MOVEMENT_THRESHOLDS, movement_model

RATES = (0.2, 0.5, 1.0, 2.0)


def parse_args(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest='command', required=True)
    train = commands.add_parser('train', help='train a scorer')
    train.add_argument('--out', type=Path, required=True, help='the scorer, .npz')
    train.add_argument('--seed', type=int, default=0)
    train.add_argument('--steps-factor', type=float, default=1.0, help='factor on the steps (default: 1)')
    measure = commands.add_parser(
        'calibrate',
        help='measure false detections per minute (in videos without events) and probabilities (in all)',
    )
    measure.add_argument('--scorer', type=Path, default=SCORER_FILE, help='default: the shipped one')
    measure.add_argument(
        '--out', type=Path, help=f'the table (default: beside the scorer, such as {RATES_FILE.name})'
    )
    measure.add_argument(
        '--words',
        default='videos of people whom the scorer did not see',
        help='what the videos are, for the table (default: %(default)s)',
    )
    for command, split in ((train, 'train'), (measure, 'val')):
        add = command.add_argument
        add('roots', type=Path, nargs='+', help='folders of videos with a table of labels each')
        add('--split', default=split, help=f'people of splits.json (default: {split})')
        add('--cache', type=Path, default=Path('work_dirs/movement_scorer'))
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> None:
    """Train or calibrate."""
    args = parse_args(arguments)
    videos = [video for root in args.roots for video in labelled_videos(root, args.split)]
    (fit if args.command == 'train' else calibrate)(args, videos)


def streams_of(args: argparse.Namespace, videos: Sequence[LabelledVideo]) -> Iterator[VideoStreams]:
    """Streams of all videos."""
    tracker, model = FaceTracker(), movement_model()
    for video in track(videos, 'videos'):
        yield video_streams(video.path, model, args.cache, tracker)


def fit(args: argparse.Namespace, videos: Sequence[LabelledVideo]) -> None:
    """Train the scorer."""
    from mmaction_mespot.spotters.movement_training import fit_scorer, training_video  # needs torch

    prepared, examples = movement_model().preparation, []
    for video, own in zip(videos, streams_of(args, videos), strict=True):
        flow, head, shapes = (own.streams[name] for name in MOVEMENT_STREAMS)
        gap = prepared.gap(own.rate)
        traces = movement_traces(flow, head, shapes, own.rate, gap, prepared.crop_size)
        examples.append(training_video(traces, own.positions(video.segments), video.labels))
    if not any(len(example.features) and example.targets.any() for example in examples):
        raise MESpotError(f'{args.roots[0]}: no labelled movement among {len(examples)} videos')
    fit_scorer(examples, args.out, args.seed, args.steps_factor)
    print(
        f'{args.out}: {sum(len(example.features) for example in examples)} candidates of {len(videos)} videos'
    )


def calibrate(args: argparse.Namespace, videos: Sequence[LabelledVideo]) -> None:
    """Write the table of rates and probabilities."""
    model = movement_model(scorer=MovementScorer.load(args.scorer))
    table = measure_rates(model, videos, streams_of(args, videos), args.scorer, args.words)
    out = args.out or args.scorer.with_suffix('.calibration.json')
    table.write(out)
    print(f'{out}: {table.made_from}')
    for rate in RATES:
        if rate >= 1 / table.minutes:
            cuts = zip(CLASSES, table.thresholds(rate), strict=True)
            print(f'{rate:g} per minute: ' + ', '.join(f'{name} {cut:.3f}' for name, cut in cuts))
    print(f'thresholds in use, {MOVEMENT_THRESHOLDS}: {table.rate(MOVEMENT_THRESHOLDS):.2f} per minute')


if __name__ == '__main__':
    sys.exit(run_command(main))
