"""Parameters and operations of a spotting network, part by part, for one window."""

from __future__ import annotations

import argparse
import sys

from rich.console import Console
from rich.table import Table

from mmaction_mespot.apis.command_line import run_command
from mmaction_mespot.apis.runner_arguments import ConfigOptions


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('config', help='config of a spotting network')
    parser.add_argument('--size', type=int, help="width and height of the pictures (default: the config's)")
    parser.add_argument(
        '--cfg-options', nargs='+', action=ConfigOptions, default={}, help='as in tools/train.py'
    )
    return parser.parse_args()


def main() -> None:
    """Print the table."""
    args = parse_args()
    from mmaction_mespot.apis.complexity import measure_complexity, window_shapes  # --help needs no torch
    from mmaction_mespot.apis.config_faults import read_config

    cfg = read_config(args.config)
    cfg.merge_from_dict(args.cfg_options)
    shapes = ', '.join(f'{name} {shape}' for name, shape in window_shapes(cfg, args.size).items())
    table = Table('part')
    table.add_column('parameters', justify='right')
    table.add_column('GMACs', justify='right')
    for part in measure_complexity(cfg, args.size):
        table.add_row(part.name, f'{part.parameters:,}', f'{part.gmacs:.3f}')
    console = Console()
    console.print(f'one window (channels, T, H, W): {shapes}', soft_wrap=True)
    console.print(table)


if __name__ == '__main__':
    sys.exit(run_command(main))
