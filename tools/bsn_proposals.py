"""Write the proposals between BSN's two networks: TEM over all windows, MMAction2's proposal generation."""

from __future__ import annotations

import argparse
import sys

from mmaction_mespot.apis.command_line import run_command


def main() -> None:
    """Read the command line and write the files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('config', help='config of TEM')
    parser.add_argument('checkpoint', help='weights of TEM')
    parser.add_argument('--out', required=True, help='folder for tem/, proposals/ and features/')
    parser.add_argument(
        '--splits', nargs='+', default=['train', 'val', 'test'], choices=['train', 'val', 'test']
    )
    parser.add_argument('--top-k', type=int, default=100, help='proposals of a window (default: 100)')
    args = parser.parse_args()
    from mmaction_mespot.apis.bsn_proposals import write_bsn_proposals  # here: --help needs no torch

    done = write_bsn_proposals(args.config, args.checkpoint, args.out, args.splits, args.top_k)
    print(f'{done} windows written to {args.out}')


if __name__ == '__main__':
    sys.exit(run_command(main))
