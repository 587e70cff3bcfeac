"""Late fusion of any two methods from their dumps; weight and thresholds are chosen on validation people."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from mmaction_mespot.apis.command_line import run_command
from mmaction_mespot.evaluation.functional.dump import load_dump, save_dump
from mmaction_mespot.reports.fuse_dumps import fused_dump
from mmaction_mespot.reports.tables import F1_HEADER, f1_rows, markdown_table, part_counts

WEIGHTS = [number / 10 for number in range(1, 10)]


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('first', type=Path, help='dump of the test whose intervals and classes are kept')
    parser.add_argument('second', type=Path, help='dump of the same test by another method')
    parser.add_argument(
        '--val',
        nargs=2,
        type=Path,
        required=True,
        metavar=('FIRST', 'SECOND'),
        help='dumps of the validation',
    )
    parser.add_argument(
        '--weights', nargs='+', type=float, default=WEIGHTS, help='weights of the second to try: 0.1 to 0.9'
    )
    parser.add_argument(
        '--min-iou', type=float, default=0.5, help='minimum IoU to be the same event (default: 0.5)'
    )
    parser.add_argument('--out', type=Path, required=True, help='dump to write')
    return parser.parse_args()


def main() -> None:
    """Fuse, write and count."""
    args = parse_args()
    dumps = [load_dump(path) for path in (args.first, args.second, *args.val)]
    fused = fused_dump(*dumps, args.weights, args.min_iou)
    save_dump(fused, args.out)
    print(f'weight of {args.second}: {fused.metainfo["post_processing"]["fusion"]["weight"]:g}')
    counts = part_counts(fused.final_videos(), float(fused.metainfo['iou_threshold']))
    print(markdown_table(F1_HEADER, f1_rows(counts)))


if __name__ == '__main__':
    sys.exit(run_command(main))
