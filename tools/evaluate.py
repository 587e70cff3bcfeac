"""Count detections against labels under any protocol; sweep, compare, explain and export them."""

from __future__ import annotations

import argparse
import sys

from rich.console import Console

from mmaction_mespot.apis.command_line import run_command
from mmaction_mespot.apis.evaluate import (
    build_tables,
    describe_protocol,
    export_megc,
    export_str,
    parse_thresholds,
    write_tables,
)
from mmaction_mespot.apis.evaluate_input import pool_inputs, read_input
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.functional.protocols import PROTOCOLS, get_protocol


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add(
        'detections',
        nargs='*',
        help='dump (JSON), CSV, or folder of <video>.txt with "start end score [class]"; several are pooled',
    )
    add('--annotations', nargs='+', default=[], help='annotation JSON; a dump may go without')
    add('--split', help='only the subjects of this split of the annotations')
    add('--protocol', default='default', choices=[*PROTOCOLS, 'all'], help='default: default')
    add('--thresholds', help='score thresholds, such as MaE=0.5,ME=0.4 (default: those of the dump)')
    add('--top-threshold', type=float, help='instead keep this fraction of the candidates of each video')
    add('--columns', help='columns of a CSV: video=vid,start=on,end=off,score=p,label=type')
    add(
        '--first-frame', type=int, choices=(0, 1), default=0, help='of text files and such a CSV (default: 0)'
    )
    add('--inclusive', action='store_true', help='their "end" is the last frame, not the one behind it')
    add('--sweep', action='append', default=[], help='iou=0.5,0.4,0.35,0.3 or top_threshold=0.30:0.60:0.05')
    add('--compare', nargs=2, metavar=('A', 'B'), help='two results on the same videos, with a bootstrap')
    add('--samples', type=int, default=2000, help='draws of the bootstrap (default: 2000)')
    add('--subjects', action='store_true', help='counts of each subject')
    add('--explain', action='store_true', help='list every label and detection, and why it counts')
    add('--out', nargs='+', default=[], help='files to write: .csv, .json, .md')
    add('--export-megc', metavar='CSV', help='write the kept detections as a challenge submission')
    add('--export-str', metavar='CSV', help='write the kept MEs in the spot-then-recognise layout')
    add('--emotion', default='negative', help='emotion of all rows of --export-str (default: negative)')
    return parser.parse_args()


def main() -> None:
    """Evaluate, print, write."""
    args = parse_args()
    if (not args.detections) == (args.compare is None):
        raise MESpotError('give either detections or --compare A B')
    thresholds = parse_thresholds(args.thresholds) if args.thresholds else None
    inputs = [
        read_input(
            path,
            args.annotations,
            args.split,
            args.columns,
            args.first_frame,
            args.inclusive,
            thresholds,
            args.top_threshold,
        )
        for path in args.compare or args.detections
    ]
    other = inputs[1] if args.compare else None
    several = len(args.detections) > 1
    given = pool_inputs(inputs, args.detections, f'{len(inputs)} files') if several else inputs[0]
    protocol = None if args.protocol == 'all' else get_protocol(args.protocol)
    tables = build_tables(given, protocol, args.sweep, args.subjects, args.explain, other, args.samples)
    for one in PROTOCOLS.values() if protocol is None else [protocol]:
        warning = given.offset_warning(one)
        if warning:
            print(f'warning: {warning}', file=sys.stderr)
    # Piped output must not be cut at 80 columns.
    console = Console() if sys.stdout.isatty() else Console(width=200)
    for table in tables:
        console.print(table.rich())
    about = {
        'detections': args.compare or (args.detections if several else args.detections[0]),
        'kept': given.kept,
        'videos': len(given.videos),
        'protocol': 'all' if protocol is None else describe_protocol(protocol),
    }
    for out in args.out:
        print(*write_tables(tables, out, about), sep='\n')
    if args.export_megc:
        print(f'{args.export_megc}: {export_megc(given, args.export_megc)} rows')
    if args.export_str:
        print(f'{args.export_str}: {export_str(given, args.export_str, args.emotion)} rows')


if __name__ == '__main__':
    sys.exit(run_command(main))
