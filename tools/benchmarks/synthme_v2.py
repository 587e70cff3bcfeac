"""The benchmark on raw videos: spot the test films of synthme-v2 by every method, and make the tables."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from mmaction_mespot.apis.command_line import run_command
from mmaction_mespot.atomic_file import write_json
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.reports.film_benchmark import (
    METHODS,
    Film,
    Method,
    load_film_runs,
    read_films,
    run_films,
)
from mmaction_mespot.reports.film_tables import error_table, film_figures, film_table, group_runs, plot_films
from mmaction_mespot.synthetic.v2.plan import PARTS

ROOT = Path(__file__).resolve().parents[2]


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest='command', required=True)
    run = commands.add_parser('run', help='spot; if interrupted, run it again to resume')
    run.add_argument(
        '--methods',
        nargs='+',
        default=list(METHODS),
        help=f'of {", ".join(METHODS)}, or NAME@SEED=CONFIG,CHECKPOINT (default: those four)',
    )
    run.add_argument('--jobs', type=int, default=1, help='processes (default: 1)')
    table = commands.add_parser('table', help='print the tables of the results')
    table.add_argument('--picture', type=Path, help='PNG to draw')
    table.add_argument('--json', type=Path, help='JSON of all figures to write')
    for command in (run, table):
        command.add_argument('--data', type=Path, default=ROOT / 'data' / 'synthme_v2' / 'raw')
        command.add_argument('--work-dir', type=Path, default=ROOT / 'work_dirs' / 'synthme_v2')
        command.add_argument('--parts', nargs='+', choices=list(PARTS), help='default: those that are there')
        command.add_argument('--split', default='test', choices=('train', 'val', 'test'))
        command.add_argument('--minutes', type=float, help='the first films of each part, of this length')
    return parser.parse_args()


def films_of(args: argparse.Namespace) -> list[Film]:
    """Films of all parts."""
    parts = args.parts or [part for part in PARTS if (args.data / part / 'labels.csv').is_file()]
    films = [film for part in parts for film in read_films(args.data / part, args.split, args.minutes)]
    if not films:
        raise MESpotError(f'{args.data}: no {args.split} films of synthme-v2; make them first')
    return films


def main() -> None:
    """Run or print."""
    args = parse_args()
    films, out = films_of(args), args.work_dir / args.split
    if args.command == 'run':
        run_films(films, [Method.parse(text) for text in args.methods], out, args.jobs)
        return
    groups = group_runs(load_film_runs(films, out))
    print(film_table(groups), error_table(groups), sep='\n\n')
    if args.json:
        write_json(film_figures(groups), args.json)
    if args.picture:
        print(plot_films(groups, args.picture))


if __name__ == '__main__':
    sys.exit(run_command(main))
