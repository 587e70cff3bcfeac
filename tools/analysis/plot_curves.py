"""Draw the training losses and the validation F1 of a run."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from mmaction_mespot.apis.command_line import run_command
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.visualization.loss_curves import find_scalars, plot_loss_curves, read_scalars


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('work_dir', help='work folder of a training')
    parser.add_argument('--out', help='PNG to write (default: <work_dir>/curves.png)')
    return parser.parse_args()


def main() -> None:
    """Draw the newest run of the folder."""
    args = parse_args()
    scalars = find_scalars(args.work_dir)
    if scalars is None:
        raise MESpotError(f'{args.work_dir}: expected a run with */vis_data/scalars.json, found none')
    print(plot_loss_curves(read_scalars(scalars), args.out or Path(args.work_dir, 'curves.png')))


if __name__ == '__main__':
    sys.exit(run_command(main))
