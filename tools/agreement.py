"""Agreement between two coders, or between a coder and the spotter: kappa in time, events, onsets.

Each figure has a 95 % interval over videos.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from mmaction_mespot.apis.command_line import run_command
from mmaction_mespot.delimited_text import write_table
from mmaction_mespot.study.agreement import agreement_table
from mmaction_mespot.study.reviewed import SPOTTER, events_of
from mmaction_mespot.visualization.agreement import plot_agreement


def main(arguments: list[str] | None = None) -> None:
    """Compare, print and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('results', type=Path, help='folder of results with corrections')
    parser.add_argument('first', help=f'a coder, or {SPOTTER!r}')
    parser.add_argument('second', help=f'a coder, or {SPOTTER!r}')
    parser.add_argument('--out', type=Path, help='also write the table as CSV')
    parser.add_argument('--picture', type=Path, help='also draw the figures with their intervals, a PNG')
    args = parser.parse_args(arguments)
    table = agreement_table(events_of(args.results, args.first), events_of(args.results, args.second))
    print(table.to_string(index=False, float_format='{:.3f}'.format))
    if args.out is not None:
        write_table(table, args.out)
    if args.picture is not None:
        figures = table.set_index('figure')[['value', 'low', 'high']].to_dict('index')
        print(plot_agreement(figures, args.first, args.second, args.picture))


if __name__ == '__main__':
    sys.exit(run_command(main))
