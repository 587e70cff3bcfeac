"""Write what was found for the programs that coders work with, and read their files back as tables.

``export RESULTS --format elan`` writes one file per video beside its results. ``import FILE... --out
table.csv`` reads ELAN, Praat, BORIS or events.tsv into one tidy table. ``correct RESULTS FILE... --coder
NAME`` stores them as corrections, as if the coder had made them in the viewer.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from mmaction_mespot.apis.command_line import run_command
from mmaction_mespot.exports import FORMATS
from mmaction_mespot.exports.study_files import export_study, import_files
from mmaction_mespot.viewer.coded_files import import_codings


def main(arguments: list[str] | None = None) -> None:
    """Export or import."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parts = parser.add_subparsers(dest='what', required=True)
    export = parts.add_parser('export', help='results to files of a program')
    export.add_argument('results', type=Path, help='folder of results')
    export.add_argument('--format', choices=FORMATS, required=True)
    read = parts.add_parser('import', help='files of a program to a table')
    read.add_argument('files', type=Path, nargs='+')
    read.add_argument('--format', choices=FORMATS, help='default: by the ending')
    read.add_argument('--out', type=Path, required=True, help='the CSV')
    correct = parts.add_parser('correct', help='files of a program to corrections of results')
    correct.add_argument('results', type=Path, help='folder of results')
    correct.add_argument('files', type=Path, nargs='+', help='named as the folders of their videos')
    correct.add_argument('--coder', required=True, help='name of the coder')
    correct.add_argument('--format', choices=FORMATS, help='default: by the ending')
    correct.add_argument('--whole', action='store_true', help='the whole videos were reviewed')
    args = parser.parse_args(arguments)
    if args.what == 'export':
        for path in export_study(args.results, args.format):
            print(path)
    elif args.what == 'correct':
        for video, number in import_codings(args.results, args.files, args.coder, args.format, args.whole):
            print(f'{video}: {number} intervals of {args.coder}')
    else:
        print(f'{args.out}: {import_files(args.files, args.out, args.format)} intervals')


if __name__ == '__main__':
    sys.exit(run_command(main))
