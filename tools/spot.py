"""Spot macro- and micro-expressions in videos of one's own; works without any training.

Exit code: 0 all fine, 1 per video failed (the others were done), 2 nothing could be started.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from mmaction_mespot.apis.command_line import run_command
from mmaction_mespot.atomic_file import whole_file
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.selection import parse_thresholds
from mmaction_mespot.spotting.adapted import is_adapted
from mmaction_mespot.spotting.ground_truth import read_ground_truth
from mmaction_mespot.spotting.inferencer import FACES
from mmaction_mespot.spotting.jobs import SpotterSetup
from mmaction_mespot.spotting.loading import MOVEMENT, SPOTTERS, find_pretrained
from mmaction_mespot.spotting.reporter import SpotReporter
from mmaction_mespot.spotting.training_free import MOVEMENT_THRESHOLDS, movement_rates
from mmaction_mespot.spotting.videos import SpotOptions, plan_videos, spot_videos
from mmaction_mespot.study.calibration_file import CALIBRATION


def parse_args(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add('videos', nargs='+', help='video files, folders of images or of videos, a .txt that lists them')
    add('--out', type=Path, default=Path('results'), help='folder for the results (default: results)')
    model = add(
        '--model',
        default=MOVEMENT,
        help=f'without --config: one of {", ".join(SPOTTERS)}, a file of tools/adapt.py, or what a training '
        f'left: its folder, or a checkpoint with its config beside it (default: {MOVEMENT})',
    )
    model.completer = lambda **_: SPOTTERS  # for the completion of a shell
    add('--config', help='config of a network, or of configs/spotters; a config is a program and is run')
    add('--checkpoint', help='weights of a network (configs/spotters need none)')
    add('--face', choices=FACES, default='largest', help='which of several faces (default: largest)')
    add(
        '--threshold',
        '--thresholds',
        help='score thresholds, such as MaE=0.9,ME=0.8 (default: those of the model)',
    )
    add(
        '--false-per-minute',
        type=float,
        metavar='R',
        help='thresholds for R false detections per minute, as measured on people held out, such as 0.2 or 1 '
        f'(model {MOVEMENT}; default: its own thresholds, which let through about '
        f'{movement_rates().rate(MOVEMENT_THRESHOLDS):.2g})',
    )
    add('--calibration', type=Path, help='thresholds and probabilities that tools/adapt.py fitted')
    add('--meta', type=Path, help='CSV of the study, by its column video or subject, for study.csv')
    add('--ground-truth', help='labels, a CSV video,onset,apex,offset,type')
    add('--overlay', action='store_true', help='also write overlay.mp4: face box, timeline, intervals')
    add('--format', choices=('megc',), help="also write the challenge's CSV")
    add('--fps', type=float, help='frame rate of image folders, or instead of the time stamps of a file')
    add('--device', help='cpu, cuda, ... (default: a GPU if there is one)')
    add('--amp', action='store_true', help='half precision')
    add('--jobs', type=int, default=1, help='videos at a time (default: 1)')
    add('--redo', action='store_true', help='also spot the videos that an earlier run finished')
    add('--dry-run', action='store_true', help='only estimate time and disk space')
    add('--batch-size', type=int, default=8, help='windows that a network takes at once (default: 8)')
    how = parser.add_mutually_exclusive_group()
    how.add_argument('--quiet', action='store_true', help='print only errors')
    how.add_argument('--json-lines', action='store_true', help='one JSON object per line, for scripts')
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Spot, write, and give the exit code."""
    args = parse_args(arguments)
    if args.config is None and args.checkpoint is not None:
        raise MESpotError('--checkpoint needs the --config that it belongs to')
    if args.config is not None and args.model != MOVEMENT:
        raise MESpotError('give --model or --config, not both')
    model, weights = args.config, args.checkpoint
    if model is None:
        model, weights = find_pretrained(args.model)
    labels = read_ground_truth(args.ground_truth) if args.ground_truth else None
    if args.jobs < 1:
        raise MESpotError(f'--jobs: found {args.jobs}, expected 1 or more')
    if sum(map(bool, (args.threshold, args.calibration, args.false_per_minute is not None))) > 1:
        raise MESpotError('give one of --threshold, --calibration and --false-per-minute')
    thresholds = tuple(parse_thresholds(args.threshold).items()) if args.threshold else None
    setup = SpotterSetup(
        model,
        weights,
        args.device,
        args.face,
        args.batch_size,
        args.amp,
        thresholds,
        args.false_per_minute,
        args.calibration,
    )
    inferencer = setup.make()
    options = SpotOptions(
        args.out, args.fps, args.overlay, args.format == 'megc', labels, args.redo, args.meta
    )
    if args.dry_run:
        print(plan_videos(args.videos, inferencer, options, args.jobs))
        return 0
    calibration = Path(model) if is_adapted(model) else args.calibration
    if calibration is not None and calibration.resolve() != (args.out / CALIBRATION).resolve():
        args.out.mkdir(parents=True, exist_ok=True)
        with whole_file(args.out / CALIBRATION) as temporary:
            shutil.copyfile(calibration, temporary)
    mode = 'quiet' if args.quiet else 'json-lines' if args.json_lines else 'bar'
    with SpotReporter(mode) as reporter:
        return spot_videos(args.videos, inferencer, options, reporter, args.jobs, setup)


if __name__ == '__main__':
    sys.exit(run_command(main))
