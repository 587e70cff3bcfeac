"""Count detections against labels under any protocol; sweep, compare, explain and export them."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace

from rich.console import Console

from mmaction_mespot.apis.command_line import run_command
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.functional.protocol import (
    CLASS_RULES,
    MATCHING_RULES,
    OFFSET_RULES,
    VIDEO_RULES,
)
from mmaction_mespot.evaluation.functional.protocols import PROTOCOLS
from mmaction_mespot.evaluation.io.frame_scores import PEAK_RULES
from mmaction_mespot.evaluation.io.labelled_videos import OUTSIDE_RULES, UNLISTED_RULES
from mmaction_mespot.reports.evaluate import (
    PROTOCOL_OPTIONS,
    at_rate,
    build_tables,
    choose_protocol,
    describe_protocol,
    export_megc,
    export_str,
    parse_half_lengths,
    parse_thresholds,
    write_tables,
)
from mmaction_mespot.reports.evaluate_input import pool_inputs, read_input, read_tables
from mmaction_mespot.reports.evaluate_pictures import draw_pictures
from mmaction_mespot.reports.published_layouts import PUBLISHED_LAYOUTS, options_of_layout


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add(
        'detections',
        nargs='*',
        help='dump (JSON), table (CSV, TSV, text) or folder of tables; several are pooled',
    )
    add(
        '--annotations',
        nargs='+',
        default=[],
        help='annotation JSON or table of labels; optional for a dump',
    )
    add('--fps', type=float, help='frames per second of tables of labels without a rate')
    add('--offset-rule', choices=OFFSET_RULES, help="of tables of labels (default: the protocol's)")
    add('--split', help='only the subjects of this split of the annotations')
    add('--protocol', default='default', choices=[*PROTOCOLS, 'all'], help='default: default')
    option = parser.add_argument_group('options of the protocol, on top of the preset').add_argument
    flag = argparse.BooleanOptionalAction
    option('--matching', choices=MATCHING_RULES)
    option('--class-rule', choices=CLASS_RULES)
    option('--same-class', action=flag, help='whether a detection only hits labels of its own class')
    option('--iou', type=float, dest='iou_threshold', help='minimum IoU of a hit')
    option('--strict', action=flag, help='whether the IoU must exceed this, not just reach it')
    option('--inclusive-ends', action=flag, help='whether an interval includes its last frame')
    option('--videos', choices=VIDEO_RULES)
    option('--length-limits', help='in frames, such as "30:MaE=17-,ME=7-16;200:MaE=106-,ME=47-105", or none')
    option('--top-k', type=int, help='maximum number of detections per video; 0 for all')
    option('--floor-ends', action=flag, help='whether ends of detections are rounded down to frames')
    option('--strict-scores', action=flag, help='whether scores must exceed the thresholds')
    add(
        '--threshold',
        '--thresholds',
        dest='thresholds',
        help='score thresholds, such as MaE=0.5,ME=0.4 (default: those of the dump)',
    )
    add(
        '--false-per-minute',
        type=float,
        metavar='RATE',
        help='instead choose thresholds on these videos that keep to this rate of false detections',
    )
    add('--digits', type=int, default=4, choices=range(1, 7), help='decimals of the tables (default: 4)')
    add('--top-threshold', type=float, help='instead keep this fraction of the candidates of each video')
    tables = parser.add_argument_group('tables of detections').add_argument
    tables(
        '--label',
        nargs=2,
        action='append',
        default=[],
        metavar=('CLASS', 'PATH'),
        help='a table or folder of only MaE or only ME detections; may be repeated',
    )
    tables(
        '--layout',
        choices=PUBLISHED_LAYOUTS,
        help='file layout of a published repository; sets what the options below do not',
    )
    tables('--columns', help='by name, or position without a header: video=vid,start=on,end=off,score=p')
    tables(
        '--first-frame', type=int, choices=(0, 1), help="number of a video's first frame (default: see docs)"
    )
    tables(
        '--inclusive',
        action=argparse.BooleanOptionalAction,
        help='whether the end is the last frame, not one past it (default: see docs)',
    )
    tables(
        '--frame-scores',
        choices=PEAK_RULES,
        help="files hold one score per frame (.npy, .csv, .pkl): find peaks by this method's rule",
    )
    tables('--half-length', help='of frame scores: half the length of an event in frames: 6, or MaE=18,ME=6')
    tables(
        '--outside',
        choices=OUTSIDE_RULES,
        help='detections outside their video: list them all and stop, cut, drop, or keep (default: error)',
    )
    tables(
        '--video-name',
        metavar='RULE',
        help='part of a name that identifies the video: whole, last (of a path), stem, casme2 (15_0101 of '
        's15/15_0101disgustingteeth), or a regular expression with a group (default: whole)',
    )
    tables(
        '--unlisted',
        choices=UNLISTED_RULES,
        help='detections of videos that the annotations do not name: list them all and stop, count the '
        'videos as without labels (empty), or drop them (default: error)',
    )
    add('--sweep', action='append', default=[], help='iou=0.5,0.4,0.35,0.3 or top_threshold=0.30:0.60:0.05')
    add('--compare', nargs=2, metavar=('A', 'B'), help='two results on the same videos, with a bootstrap')
    add('--samples', type=int, default=2000, help='draws of the bootstrap (default: 2000)')
    add('--subjects', action='store_true', help='counts of each subject')
    add('--explain', action='store_true', help='list every label and detection, and why it counts')
    add('--out', nargs='+', default=[], help='files to write: .csv, .json, .md')
    add('--pictures', metavar='DIR', help='draw precision, recall and the reliability of the scores')
    add('--export-megc', metavar='CSV', help='write the kept detections as a challenge submission')
    add('--export-str', metavar='CSV', help='write the kept MEs in the spot-then-recognise layout')
    add('--emotion', default='negative', help='emotion of all rows of --export-str (default: negative)')
    return parser.parse_args()


def main() -> None:
    """Evaluate, print, write."""
    args = parse_args()
    if sum(map(bool, (args.detections or args.label, args.compare))) != 1:
        raise MESpotError('give either detections or --compare A B')
    thresholds = parse_thresholds(args.thresholds) if args.thresholds else None
    protocol = choose_protocol(args.protocol, {name: getattr(args, name) for name in PROTOCOL_OPTIONS})
    given_options = {
        name: getattr(args, name)
        for name in ('columns', 'first_frame', 'inclusive', 'outside', 'video_name', 'unlisted')
    }
    options = options_of_layout(
        args.layout,
        {
            **given_options,
            'peaks': PEAK_RULES.get(args.frame_scores),
            'half_lengths': parse_half_lengths(args.half_length) if args.half_length else None,
            'label_fps': args.fps,
            'offset_rule': args.offset_rule or (None if protocol is None else protocol.offset_rule),
        },
    )
    if (options.peaks is None) != (options.half_lengths is None):
        raise MESpotError('--frame-scores METHOD and --half-length FRAMES go together')
    reading = (args.annotations, args.split, options, thresholds, args.top_threshold)
    files = [*args.detections, *(path for _, path in args.label)]
    tables_only = [(path, None) for path in args.detections if not path.endswith('.json')]
    if args.compare or len(tables_only) < len(args.detections):
        if args.label:
            raise MESpotError('--label is for tables of detections, not for dumps')
        inputs = [read_input(path, *reading) for path in args.compare or args.detections]
    else:
        labelled = [(path, class_name) for class_name, path in args.label]
        inputs = [read_tables([*tables_only, *labelled], *reading)]
    other = inputs[1] if args.compare else None
    several = len(inputs) > 1 and not args.compare
    given = pool_inputs(inputs, args.detections, f'{len(inputs)} files') if several else inputs[0]
    if args.false_per_minute is not None:
        if thresholds is not None or args.top_threshold is not None or other is not None:
            raise MESpotError('--false-per-minute is for a single result and replaces thresholds')
        given = at_rate(given, args.false_per_minute, protocol)
    tables = build_tables(given, protocol, args.sweep, args.subjects, args.explain, other, args.samples)
    if other is not None and given.thresholded != other.thresholded:
        kept = [one.kept if one.scored else 'what its file without scores holds' for one in (given, other)]
        print(f'warning: A keeps {kept[0]}, B keeps {kept[1]}: one was thresholded', file=sys.stderr)
    for one in PROTOCOLS.values() if protocol is None else [protocol]:
        warning = given.offset_warning(one)
        if warning:
            print(f'warning: {warning}', file=sys.stderr)
    if protocol is not None:
        print(f'protocol {protocol.name}: {protocol.options_text}')
    for note in given.notes:
        print(f'note: {note}')
    # Piped output must not be cut at 80 columns.
    console = Console() if sys.stdout.isatty() else Console(width=200)
    tables = [replace(table, digits=args.digits) for table in tables]
    for table in tables:
        console.print(table.rich())
    about = {
        'detections': args.compare or (files if len(files) > 1 else files[0]),
        'notes': list(given.notes),
        'kept': given.kept,
        'videos': len(given.videos),
        'protocol': 'all' if protocol is None else describe_protocol(protocol),
    }
    for out in args.out:
        print(*write_tables(tables, out, about), sep='\n')
    if args.pictures:
        print(*draw_pictures(given, protocol, args.pictures, args.samples), sep='\n')
    if args.export_megc:
        print(f'{args.export_megc}: {export_megc(given, args.export_megc)} rows')
    if args.export_str:
        print(f'{args.export_str}: {export_str(given, args.export_str, args.emotion)} rows')


if __name__ == '__main__':
    sys.exit(run_command(main))
