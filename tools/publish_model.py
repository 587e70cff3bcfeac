"""Strip a checkpoint for release: weights, score thresholds, preparation; its hash in the name."""

from __future__ import annotations

import argparse
import sys

from mmaction_mespot.apis.command_line import run_command


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('checkpoint', help='final.pth of a training')
    parser.add_argument('--out', default='.', help='folder to write to (default: here)')
    parser.add_argument('--name', help='name in front of the hash (default: that of the work folder)')
    return parser.parse_args()


def main() -> None:
    """Write the file and print its path."""
    args = parse_args()
    from mmaction_mespot.checkpoints.strip import publish_model  # here: --help needs no torch

    print(publish_model(args.checkpoint, args.out, args.name))


if __name__ == '__main__':
    sys.exit(run_command(main))
