"""The benchmark on the synthetic set: run the networks over seeds, and make the table of the results."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from mmaction_mespot.apis.command_line import run_command
from mmaction_mespot.reports.benchmark import FLOW_METHOD, load_runs, run_benchmark
from mmaction_mespot.reports.benchmark_tables import (
    difference_table,
    plot_benchmark,
    result_table,
)

ROOT = Path(__file__).resolve().parents[2]
CONFIGS = [ROOT / 'configs' / name for name in ('mespot_lite_synthetic.py', 'mespot_synthetic.py')]


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest='command', required=True)
    run = commands.add_parser('run', help='train and test; finished runs are skipped, broken ones go on')
    run.add_argument('--configs', nargs='+', type=Path, default=CONFIGS)
    run.add_argument('--seeds', nargs='+', type=int, default=[0, 1, 2])
    run.add_argument('--data', type=Path, default=ROOT / 'data' / 'synthme', help='prepared parts')
    run.add_argument('--cfg-options', nargs='+', default=[], help='key=value, as in tools/train.py')
    table = commands.add_parser('table', help='print the table of the finished runs')
    table.add_argument('--reference', default=FLOW_METHOD, help='method that the others are compared with')
    table.add_argument('--picture', type=Path, help='PNG to draw')
    for command in (run, table):
        command.add_argument('--work-dir', type=Path, default=ROOT / 'work_dirs' / 'synthme')
    return parser.parse_args()


def main() -> None:
    """Run or print."""
    args = parse_args()
    work_dir = args.work_dir.resolve()
    if args.command == 'run':
        run_benchmark(ROOT, args.configs, args.seeds, args.data.resolve(), work_dir, args.cfg_options)
        return
    runs = load_runs(work_dir)
    print(result_table(runs), difference_table(runs, args.reference), sep='\n\n')
    if args.picture:
        print(plot_benchmark(runs, args.picture))


if __name__ == '__main__':
    sys.exit(run_command(main))
