"""The ablations on the synthetic set: run the configs over seeds, and make the table of their differences."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from mmaction_mespot.apis.command_line import run_command
from mmaction_mespot.reports.benchmark import load_runs
from mmaction_mespot.reports.benchmark_ablations import (
    ablation_differences,
    ablation_table,
    plot_ablations,
    read_ablations,
    run_ablations,
)

ROOT = Path(__file__).resolve().parents[2]
CONFIGS = sorted((ROOT / 'configs' / 'ablations').glob('*.py'))


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest='command', required=True)
    run = commands.add_parser('run', help='train and test; finished runs are skipped, broken ones go on')
    run.add_argument('--seeds', nargs='+', type=int, default=[0, 1, 2])
    run.add_argument('--data', type=Path, default=ROOT / 'data' / 'synthme', help='prepared parts')
    run.add_argument('--cfg-options', nargs='+', default=[], help='key=value, as in tools/train.py')
    table = commands.add_parser('table', help='print the table of the finished runs')
    table.add_argument('--picture', type=Path, help='PNG of the differences to draw')
    for command in (run, table):
        command.add_argument(
            '--configs', nargs='+', type=Path, default=CONFIGS, help='default: all of configs/ablations'
        )
        command.add_argument('--work-dir', type=Path, default=ROOT / 'work_dirs' / 'ablations')
    return parser.parse_args()


def main() -> None:
    """Run or print."""
    args = parse_args()
    work_dir = args.work_dir.resolve()
    if args.command == 'run':
        run_ablations(ROOT, args.configs, args.seeds, args.data.resolve(), work_dir, args.cfg_options)
        return
    runs, ablations = load_runs(work_dir), read_ablations(args.configs)
    differences = ablation_differences(runs, ablations)
    print(ablation_table(runs, ablations, differences))
    if args.picture:
        print(plot_ablations(differences, ablations, args.picture))


if __name__ == '__main__':
    sys.exit(run_command(main))
