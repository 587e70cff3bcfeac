"""The main job end to end: make the synthetic videos, prepare, train, test, report; run again to resume."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from mmaction_mespot.apis.command_line import run_command
from mmaction_mespot.reports.quickstart import quickstart

ROOT = Path(__file__).resolve().parents[1]


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--data', type=Path, help='folder of the data (data/synthme_SIZE)')
    parser.add_argument('--work-dir', type=Path, help='folder of the results (work_dirs/quickstart_SIZE)')
    parser.add_argument('--size', choices=('tiny', 'quick', 'standard'), default='quick')
    parser.add_argument('--jobs', type=int, default=os.cpu_count() or 1, help='processes (all cores)')
    parser.add_argument('--cfg-options', nargs='+', default=[], help='key=value, as in tools/train.py')
    return parser.parse_args()


def main() -> None:
    """Run."""
    args = parse_args()
    data = args.data or ROOT / 'data' / f'synthme_{args.size}'
    work_dir = args.work_dir or ROOT / 'work_dirs' / f'quickstart_{args.size}'
    quickstart(ROOT, data.resolve(), work_dir.resolve(), args.size, args.jobs, args.cfg_options)


if __name__ == '__main__':
    sys.exit(run_command(main))
