"""Cross-validate configs over people: train and test each fold, pool the detections, count once."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from mmaction_mespot.apis.command_line import run_command
from mmaction_mespot.cross_validation.slurm_script import slurm_script
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.functional.protocols import PROTOCOLS, get_protocol

if TYPE_CHECKING:
    from mmaction_mespot.cross_validation.cross_validate import CrossValidation


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add('configs', nargs='+', help='config files; without train_cfg a fold only chooses thresholds')
    add(
        '--folds',
        nargs='+',
        default=['loso'],
        metavar='FOLD',
        help='loso: one per person (default); kfold=K; or the people to leave out, such as s15 s16',
    )
    add('--inner-split', default='6', help='every N-th other person chooses thresholds (default: 6), or own')
    add(
        '--work-dir',
        type=Path,
        help='default: work_dirs/<config>_cv; with several configs, one subfolder each',
    )
    add('--jobs', type=int, help='folds run in parallel (default: one, or one per GPU)')
    add('--gpus', default='', help='GPUs for the folds in turn, such as 0,1')
    add('--protocol', default='default', choices=list(PROTOCOLS), help='default: default')
    add('--only', nargs='+', default=[], metavar='NAME', help='run these folds, pool nothing')
    add('--pool-only', action='store_true', help='run nothing, pool the finished folds')
    add('--slurm', action='store_true', help='print a script that submits the folds to Slurm')
    add('--cfg-options', nargs='+', default=[], help='settings that override the config: key=value')
    return parser.parse_args()


def main() -> None:
    """Run the folds of each config and pool them."""
    args = parse_args()
    several = len(args.configs) > 1
    if several and args.slurm:
        raise MESpotError(f'--slurm: one config expected, found {len(args.configs)}')
    if not (args.slurm or args.pool_only):
        # As Ctrl-C: what runs is ended first.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    for config in args.configs:
        name = Path(config).stem
        folder = args.work_dir / name if several and args.work_dir else args.work_dir
        run(config, folder or Path('work_dirs', f'{name}_cv'), args)


def run(config: str, work_dir: Path, args: argparse.Namespace) -> None:
    """Run one config, as the command line says."""
    from mmaction_mespot.cross_validation.cross_validate import (  # here: --help needs no torch
        CrossValidation,
        cross_validate,
        pool,
    )

    job = CrossValidation(
        config,
        work_dir,
        Path(__file__).resolve().parent,
        args.folds,
        args.inner_split,
        args.cfg_options,
        get_protocol(args.protocol),
    )
    if args.slurm:
        print_slurm_script(job, args)
    elif args.pool_only:
        pool(job)
    else:
        gpus = [gpu.strip() for gpu in args.gpus.split(',') if gpu.strip()]
        cross_validate(job, args.jobs or max(len(gpus), 1), gpus, args.only)


def print_slurm_script(job: CrossValidation, args: argparse.Namespace) -> None:
    """Print the script; its jobs run this very command line, a fold each."""
    config = args.configs[0]
    words = [sys.executable, str(Path(__file__).resolve()), config, '--work-dir', str(job.work_dir)]
    words += ['--inner-split', args.inner_split, '--protocol', args.protocol, '--folds', *args.folds]
    words += ['--cfg-options', *args.cfg_options] if args.cfg_options else []
    names = [run.fold.name for run in job.plan(job.read_config())]
    variables = {name: value for name, value in os.environ.items() if name.startswith('MESPOT_')}
    name, logs = Path(config).stem, str(job.work_dir / 'slurm')
    print(slurm_script(words, names, name, os.getcwd(), logs, args.jobs, variables), end='')


if __name__ == '__main__':
    sys.exit(run_command(main))
