"""The zoo on the synthetic set: run every method over seeds, and make the table of the results."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from mmaction_mespot.apis.command_line import run_command
from mmaction_mespot.apis.steps import DATA_VARIABLE
from mmaction_mespot.reports.benchmark import load_runs, prepared_parts
from mmaction_mespot.reports.benchmark_tables import difference_table, result_table
from mmaction_mespot.reports.costs import (
    cost_table,
    estimate_training,
    measure_cost,
    read_costs,
    training_table,
    write_cost,
)
from mmaction_mespot.reports.zoo import false_table, method_name, plot_zoo, run_zoo

ROOT = Path(__file__).resolve().parents[2]
OURS = ('mespot_lite_synthetic.py', 'mespot_synthetic.py', 'spotters/optical_flow.py', 'spotters/mdmd.py')
CONFIGS = [*(ROOT / 'configs' / name for name in OURS), *sorted((ROOT / 'configs/zoo').glob('*_synthme.py'))]


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest='command', required=True)
    run = commands.add_parser('run', help='train, test, measure; if interrupted, run it again to resume')
    run.add_argument('--seeds', nargs='+', type=int, default=[0, 1, 2])
    run.add_argument('--jobs', type=int, default=1, help='runs at a time, one thread each')
    run.add_argument('--cfg-options', nargs='+', default=[], help='key=value, as in tools/train.py')
    estimate = commands.add_parser('estimate', help='how long all trainings take, by a few steps of each')
    for command in (run, estimate):
        command.add_argument('--configs', nargs='+', type=Path, default=CONFIGS, help='default: all')
        command.add_argument('--data', type=Path, default=ROOT / 'data' / 'synthme', help='prepared parts')
    table = commands.add_parser('table', help='print the tables of the finished runs')
    table.add_argument('--reference', help='method that the others are compared with')
    table.add_argument('--picture', type=Path, help='PNG of F1 against speed')
    for command in (run, table):
        command.add_argument('--work-dir', type=Path, default=ROOT / 'work_dirs' / 'zoo')
    measure = commands.add_parser('measure', help='time and memory of one method, on its validation videos')
    measure.add_argument('config', type=Path)
    measure.add_argument('checkpoint', type=Path, nargs='?')
    measure.add_argument('--videos', type=int, default=3)
    measure.add_argument('--out', type=Path, required=True, help='JSON to write')
    return parser.parse_args()


def main() -> None:
    """Run, measure or print."""
    args = parse_args()
    if args.command == 'measure':
        write_cost(measure_cost(args.config, args.checkpoint, args.videos), args.out)
        return
    if args.command == 'estimate':
        prepared_parts(args.data)
        os.environ[DATA_VARIABLE] = str(args.data.resolve())
        found = {}
        for config in args.configs:
            found[method_name(config)] = training = estimate_training(config)
            said = 'no training' if training is None else f'{training.minutes:.1f} CPU minutes per seed'
            print(f'{method_name(config)}: {said}', flush=True)
        print(training_table(found))
        return
    work_dir = args.work_dir.resolve()
    if args.command == 'run':
        data, options = args.data.resolve(), args.cfg_options
        run_zoo(ROOT, args.configs, args.seeds, data, work_dir, args.jobs, options)
        return
    runs, costs = load_runs(work_dir), read_costs(work_dir)
    print(result_table(runs), false_table(runs), cost_table(costs), sep='\n\n')
    if args.reference:
        print(f'\n{difference_table(runs, args.reference)}')
    if args.picture:
        print(plot_zoo(runs, costs, args.picture))


if __name__ == '__main__':
    sys.exit(run_command(main))
