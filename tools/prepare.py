"""Prepare a data set: read its labels, track and align the faces, compute the optical flow."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from mmaction_mespot.annotations.event_times import BACKWARD_RULES, OFFSET_RULES
from mmaction_mespot.annotations.registry import READERS, read_dataset
from mmaction_mespot.annotations.schema import has_labels_only, save_annotations
from mmaction_mespot.apis.command_line import run_command
from mmaction_mespot.atomic_file import whole_file
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.preprocessing.flow import METHODS
from mmaction_mespot.preprocessing.preparation_estimate import estimate_preparation
from mmaction_mespot.preprocessing.preparation_settings import (
    DEFAULT_STREAMS,
    DEVICES,
    FORMATS,
    STREAMS,
    PreparationSettings,
)
from mmaction_mespot.preprocessing.prepare import prepare_dataset
from mmaction_mespot.preprocessing.shard import Shard

ANNOTATIONS, REPORT = 'annotations.json', 'annotations_report.csv'


def parse_args(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('dataset', choices=tuple(READERS), help='layout of the download')
    parser.add_argument('--root', required=True, type=Path, help='folder of the download')
    parser.add_argument('--out', required=True, type=Path, help='folder for the prepared data set')
    parser.add_argument('--jobs', type=int, default=1, help='processes (default: 1)')
    parser.add_argument(
        '--shard', default='1/1', metavar='I/N', help='part I of N, for machines that share a disk'
    )
    parser.add_argument('--dry-run', action='store_true', help='print what is left, with time and disk space')
    parser.add_argument(
        '--for',
        dest='network',
        metavar='CONFIG_OR_CHECKPOINT',
        help='prepare what this network reads: streams, crop, flow, rate (or lite, which ships)',
    )
    listed, usual = (','.join(names) for names in (STREAMS, DEFAULT_STREAMS))
    parser.add_argument('--streams', help=f'some of {listed} (default: {usual})')
    parser.add_argument('--crop-size', type=int, help='side of the aligned crop in px (default: 224)')
    parser.add_argument('--flow', choices=METHODS, help='optical flow (default: tvl1)')
    parser.add_argument(
        '--flow-gap', type=int, help='frames between the images of a flow (default: 4 at 30 fps)'
    )
    parser.add_argument(
        '--target-fps',
        type=float,
        help='positions per second; faster videos are sampled at about this (default: 30)',
    )
    parser.add_argument(
        '--strict',
        action='store_true',
        help='refuse videos with unreadable frames instead of skipping these frames',
    )
    parser.add_argument('--device', choices=DEVICES, default='cpu', help='where TV-L1 runs (default: cpu)')
    parser.add_argument('--flow-batch', type=int, default=32, help='pairs on the GPU at a time (default: 32)')
    parser.add_argument(
        '--format', choices=FORMATS, default='h5', help='of rgb and flow; rawframes: for stock MMAction2'
    )
    parser.add_argument(
        '--flow-bound', type=float, default=20.0, help='largest flow of rawframes in px (default: 20)'
    )
    reader = parser.add_argument_group('reading of the labels')
    reader.add_argument('--table', type=Path, help='label table, if it is not found automatically')
    reader.add_argument('--sheet', help='sheet of the labels, if several fit (casme3)')
    reader.add_argument('--frame-tree', help='name of the folder of frames, if there are several')
    reader.add_argument(
        '--offset-rule',
        choices=tuple(OFFSET_RULES),
        help='end of an event without a labelled offset (default: apex)',
    )
    reader.add_argument(
        '--backward-rule',
        choices=tuple(BACKWARD_RULES),
        help='how to treat an event whose offset lies before its onset (default: error; casme3: drop)',
    )
    reader.add_argument(
        '--fps',
        type=float,
        help='frames per second (own: needed for folders of frames; labels: if no column)',
    )
    reader.add_argument(
        '--labels-only',
        action='store_true',
        default=None,
        help='read the label table without frames and write annotations for scoring detections',
    )
    reader.add_argument(
        '--lenient', action='store_true', help='skip what is not understood instead of stopping'
    )
    return parser.parse_args(arguments)


def _asked_for(args: argparse.Namespace) -> dict[str, Any]:
    """Streams, crop, flow and rate: those of the network, or of the options.

    Raises:
        MESpotError: If an option contradicts the network.
    """
    given = {
        'streams': None if args.streams is None else tuple(args.streams.split(',')),
        'crop_size': args.crop_size,
        'flow_method': args.flow,
        'flow_gap': args.flow_gap,
        'target_fps': args.target_fps,
    }
    given = {key: value for key, value in given.items() if value is not None}
    if args.network is None:
        return given
    from mmaction_mespot.apis.preparation_for import preparation_for  # imports torch

    needed = preparation_for(args.network)
    for key, value in given.items():
        if key == 'streams':
            needed[key] = tuple(dict.fromkeys((*needed[key], *value)))
        elif needed.setdefault(key, value) != value:
            raise MESpotError(f'{key}: found {value!r}, {args.network} needs {needed[key]!r}')
    return needed


def main(arguments: list[str] | None = None) -> int:
    """Run; the exit code is 1 if a video failed, 2 if nothing could be started."""
    args = parse_args(arguments)
    settings = PreparationSettings(
        **_asked_for(args),
        strict=args.strict,
        format=args.format,
        flow_bound=args.flow_bound,
        device=args.device,
        flow_batch=args.flow_batch,
    )
    shard = Shard.parse(args.shard)
    annotations, report = read_dataset(
        args.dataset,
        args.root,
        offset_rule=args.offset_rule,
        frame_tree=args.frame_tree,
        table=args.table,
        sheet=args.sheet,
        fps=args.fps,
        lenient=args.lenient,
        backward_rule=args.backward_rule,
        labels_only=None if args.dataset == 'labels' else args.labels_only,
    )
    print(report.summary())
    if has_labels_only(annotations) and args.dry_run:
        return 0
    videos = annotations['data_list']
    if not has_labels_only(annotations):
        frames = sum(video['total_frames'] for video in videos)
        print(f'{len(videos)} videos, {frames} frames -> {args.out}', flush=True)
    if args.dry_run:
        print(estimate_preparation(annotations, args.out, settings, args.jobs, shard))
        return 0
    args.out.mkdir(parents=True, exist_ok=True)
    with whole_file(args.out / REPORT) as temporary:
        report.save_csv(temporary)
    if report.counts['not_understood']:
        print(
            f'{report.counts["not_understood"]} problems left out: see {args.out / REPORT}',
            file=sys.stderr,
        )
    if has_labels_only(annotations):
        save_annotations(annotations, args.out / ANNOTATIONS)
        print(f'labels of {len(videos)} videos: {args.out / ANNOTATIONS}')
        return 0
    result = prepare_dataset(annotations, args.out, settings, args.jobs, shard)
    print(result.summary())
    for video_id, reason in result.failed.items():
        print(f'failed: {video_id}: {reason}', file=sys.stderr)
    return 1 if result.failed else 0


if __name__ == '__main__':
    sys.exit(run_command(main))
