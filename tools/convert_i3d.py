"""Convert published weights of the Inception-I3D for the backbone InceptionI3D."""

from __future__ import annotations

import argparse
import sys

from mmaction_mespot.apis.command_line import run_command


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        'source', help='state dict, e.g. rgb_imagenet.pt, model_flow.pth, i3d_kinetics_rgb_inception_v1.pth'
    )
    parser.add_argument('out', help='file to write')
    return parser.parse_args()


def main() -> None:
    """Convert, and say what was found."""
    args = parse_args()
    from mmaction_mespot.apis.convert_i3d import convert_i3d  # here: --help needs no torch

    conversion = convert_i3d(args.source, args.out)
    aside = ', '.join(conversion.left_aside) or 'none'
    print(f'names of {conversion.naming}, {conversion.modality}')
    print(f'{len(conversion.weights)} keys, all matched; left aside (classifier): {aside}')
    print(f'written: {args.out}')


if __name__ == '__main__':
    sys.exit(run_command(main))
