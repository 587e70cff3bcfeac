"""Look at a prepared data set: contact sheets of its events and a page of statistics."""

from __future__ import annotations

import argparse
import sys

from mmaction_mespot.apis.command_line import run_command
from mmaction_mespot.reports.browse import browse


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('data', help='prepared data set')
    parser.add_argument('--out', help='folder of the page (default: <data>/browse)')
    parser.add_argument('--video', nargs='+', help='videos to draw (default: all with events)')
    parser.add_argument('--statistics-only', action='store_true', help='draw no contact sheet')
    parser.add_argument('--flow', default='tvl1-fast', help='flow from onset to apex (default: tvl1-fast)')
    args = parser.parse_args()
    if args.statistics_only and args.video:
        parser.error('--statistics-only draws no video: leave --video out')
    return args


def main() -> None:
    """Write the page and print where it lies."""
    args = parse_args()
    videos = [] if args.statistics_only else args.video
    print(browse(args.data, args.out or f'{args.data}/browse', videos, args.flow))


if __name__ == '__main__':
    sys.exit(run_command(main))
