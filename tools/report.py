"""Write the report of a test: F1 table, loss curves, timelines, best and worst cases, what the errors are."""

from __future__ import annotations

import argparse
import sys

from mmaction_mespot.apis.command_line import run_command
from mmaction_mespot.reports.report import write_report


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--dump', required=True, help='results of tools/test.py (JSON)')
    parser.add_argument('--out', required=True, help='folder of the report')
    parser.add_argument('--work-dir', help='work folder of the training, for the loss curves')
    parser.add_argument('--data', nargs='+', default=[], help='prepared data sets, for frames of the cases')
    parser.add_argument(
        '--beside', nargs='+', default=[], metavar='NAME=DUMP', help='other results on the same videos'
    )
    args = parser.parse_args()
    if not all('=' in item for item in args.beside):
        parser.error(f'--beside: found {args.beside}, expected NAME=DUMP')
    return args


def main() -> None:
    """Write the report and print where it lies."""
    args = parse_args()
    beside = dict(item.split('=', 1) for item in args.beside)
    print(write_report(args.dump, args.out, args.work_dir, args.data, beside))


if __name__ == '__main__':
    sys.exit(run_command(main))
