"""Spot real clips with labels by hand (`real_clips.json`) by every method, and print the tables."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from mmaction_mespot.apis.command_line import run_command
from mmaction_mespot.atomic_file import write_json
from mmaction_mespot.reports.film_benchmark import METHODS, Method, load_film_runs, read_clips, run_films
from mmaction_mespot.reports.film_tables import error_table, film_figures, film_table, group_runs, plot_films

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    """Spot what is not spotted yet, then print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--clips', type=Path, required=True, help='folder of the clips that the labels name')
    parser.add_argument('--labels', type=Path, default=Path(__file__).with_suffix('.json'))
    parser.add_argument('--methods', nargs='+', default=list(METHODS), help='as of synthme_v2.py')
    parser.add_argument('--jobs', type=int, default=1, help='processes (default: 1)')
    parser.add_argument('--work-dir', type=Path, default=ROOT / 'work_dirs' / 'real_clips')
    parser.add_argument('--picture', type=Path, help='PNG to draw')
    parser.add_argument('--json', type=Path, help='JSON of all figures to write')
    args = parser.parse_args()
    films = read_clips(args.clips, args.labels)
    run_films(films, [Method.parse(text) for text in args.methods], args.work_dir, args.jobs)
    groups = group_runs(load_film_runs(films, args.work_dir))
    print(film_table(groups), error_table(groups), sep='\n\n')
    if args.json:
        write_json(film_figures(groups), args.json)
    if args.picture:
        print(plot_films(groups, args.picture))


if __name__ == '__main__':
    sys.exit(run_command(main))
