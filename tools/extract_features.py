"""Run a frozen backbone over prepared videos and store its levels, to train neck and head alone."""

from __future__ import annotations

import argparse
import sys

from mmaction_mespot.apis.command_line import run_command
from mmaction_mespot.errors import MESpotError


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('config', help='config of the network (MESpotter)')
    parser.add_argument('checkpoint', help='its weights')
    parser.add_argument('--data', required=True, help='prepared data set')
    parser.add_argument('--out', required=True, help='folder for the features, best below --data')
    parser.add_argument(
        '--grid', default='native', help='cells along each side: native, or 1, 2, ... (default: native)'
    )
    parser.add_argument('--half', action='store_true', help='store float16')
    parser.add_argument('--device', default='cpu', help='cpu or cuda (default: cpu)')
    parser.add_argument('--amp', action='store_true', help='half precision in the backbone')
    parser.add_argument('--chunk-len', type=int, help='positions of a chunk: less needs less memory')
    return parser.parse_args()


def main() -> None:
    """Extract, and say what was done."""
    args = parse_args()
    if args.grid != 'native' and not args.grid.isdigit():
        raise MESpotError(f"--grid must be 'native' or a number of cells, found {args.grid!r}")
    from mmaction_mespot.apis.config_faults import read_config  # here: --help needs no torch
    from mmaction_mespot.apis.extract_features import extract_features

    counts = extract_features(
        read_config(args.config),
        args.checkpoint,
        args.data,
        args.out,
        grid=None if args.grid == 'native' else int(args.grid),
        half=args.half,
        device=args.device,
        amp=args.amp,
        chunk_len=args.chunk_len,
    )
    print(f'{args.out}: {counts["done"]} videos done, {counts["kept"]} kept from before')


if __name__ == '__main__':
    sys.exit(run_command(main))
