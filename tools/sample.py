"""Choose which stretches of a study to review next, or estimate precision and recall from those reviewed.

A share of the stretches is drawn at random: only these give an unbiased estimate for the whole study. The
others are those where the spotter is uncertain, spread over the videos.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from mmaction_mespot.apis.command_line import run_command
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.study.sample_file import SAMPLE, estimate_sample, sample_study
from mmaction_mespot.study.stretches import RANDOM_SHARE, STRETCH_S


def main(arguments: list[str] | None = None) -> None:
    """Choose, or estimate."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add('results', type=Path, help='folder of results')
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument('--minutes', type=float, help='how much to review next')
    what.add_argument('--estimate', action='store_true', help='estimate precision and recall of the study')
    add('--coder', help='count only the stretches that this coder reviewed')
    add('--stretch', type=float, default=STRETCH_S, help='seconds of a stretch (default: %(default)g)')
    add('--random-share', type=float, default=RANDOM_SHARE, help='drawn at random (default: %(default)g)')
    add('--seed', type=int, default=0, help='of the draw (default: 0)')
    args = parser.parse_args(arguments)
    if args.estimate:
        if args.coder is None:
            raise MESpotError('--estimate needs --coder')
        table = estimate_sample(args.results, args.coder)
        first = table.iloc[0]
        share = f'{first["stretches"]} of {first["of"]} stretches'
        print(f'{share}, {first["minutes"]:.1f} minutes, drawn at random:')
        for row in table.itertuples():
            interval = f'{row.value:.3f} (95 % {row.low:.3f} to {row.high:.3f})' if row.n else '-'
            print(f'  {row.figure:9}  {row.label:3}  {interval}, n = {row.n}')
        return
    chosen = sample_study(args.results, args.minutes, args.coder, args.stretch, args.random_share, args.seed)
    for one in chosen:
        print(f'{one.why:9}  {one.video}  {one.first_s:.1f} to {one.last_s:.1f} s')
    total = sum(one.seconds for one in chosen) / 60
    print(f'{args.results / SAMPLE}: {len(chosen)} stretches, {total:.1f} minutes')


if __name__ == '__main__':
    sys.exit(run_command(main))
