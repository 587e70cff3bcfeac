"""Write a prepared data set and its stored features in ActivityNet's form, or read such annotations back."""

from __future__ import annotations

import argparse
import sys

from mmaction_mespot.apis.command_line import run_command


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('source', help='prepared data set; with --back, an ActivityNet JSON')
    parser.add_argument('--out', required=True, help='folder to write; with --back, the annotation file')
    parser.add_argument('--features', help='features of tools/extract_features.py (default: none)')
    parser.add_argument('--level', type=int, default=0, help='level of the features (default: 0, the finest)')
    parser.add_argument('--clip-len', type=int, help='positions of a window (default: whole videos)')
    parser.add_argument('--stride', type=int, help='positions between windows (default: half a window)')
    parser.add_argument('--target-fps', type=float, help='positions per second, without features')
    parser.add_argument('--fold', help='person left out for the test')
    back = parser.add_argument_group('the way back')
    back.add_argument('--back', action='store_true', help='from ActivityNet to the common annotation file')
    back.add_argument('--dataset', default='activitynet', help='name of the data set (default: activitynet)')
    back.add_argument(
        '--size', type=int, nargs=2, metavar=('W', 'H'), help='of the frames, if the JSON lacks it'
    )
    return parser.parse_args()


def main() -> None:
    """Export or import, and say what was written."""
    args = parse_args()
    from mmaction_mespot.apis.export_activitynet import (  # here: --help needs no torch
        export_activitynet,
        import_activitynet,
    )

    if args.back:
        count = import_activitynet(args.source, args.out, args.dataset, args.size)
        print(f'{args.out}: {count} videos')
        return
    counts = export_activitynet(
        args.source,
        args.features,
        args.out,
        level=args.level,
        clip_len=args.clip_len,
        stride=args.stride,
        target_fps=args.target_fps,
        fold=args.fold,
    )
    listed = ', '.join(f'{name} {count}' for name, count in counts.items())
    print(f'{args.out}: entries {listed}')


if __name__ == '__main__':
    sys.exit(run_command(main))
