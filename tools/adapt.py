"""Fit a spotter to one's own recordings, from what a coder reviewed in the viewer.

Thresholds and probabilities from 20 reviewed intervals on (tools/spot.py --calibration takes the file); with
--fine-tune the scores too, from some reviewed minutes on (tools/spot.py --model takes the file). Says what
that gains on people or videos that the fit did not see.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from mmaction_mespot.apis.command_line import run_command
from mmaction_mespot.study.calibration_file import CALIBRATION, FINE_TUNED, adapt
from mmaction_mespot.study.fine_tuning import MIN_MINUTES


def main(arguments: list[str] | None = None) -> None:
    """Calibrate and report."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('results', type=Path, help='folder of results with corrections')
    parser.add_argument('--coder', required=True, help='name of the coder')
    parser.add_argument(
        '--out', type=Path, help=f'the file (default: {CALIBRATION} or {FINE_TUNED} in the folder)'
    )
    parser.add_argument(
        '--fine-tune',
        action='store_true',
        help=f'correct the scores too, by the reviewed stretches ({MIN_MINUTES:g} minutes at least, 20 or '
        'more are advised)',
    )
    args = parser.parse_args(arguments)
    out = args.out or args.results / (FINE_TUNED if args.fine_tune else CALIBRATION)
    content = adapt(args.results, args.coder, out, args.fine_tune)
    gain = content['gain']
    what = 'videos' if gain['groups'] == gain['videos'] else f'videos of {gain["groups"]} people'
    print(
        f'{gain["reviewed_intervals"]} reviewed intervals, {gain["reviewed_minutes"]:.1f} reviewed minutes '
        f'in {gain["videos"]} {what}, each left out in turn:'
    )
    for when in ('before', 'after'):
        figures = (f'{name} {"-" if v is None else format(v, ".3f")}' for name, v in gain[when].items())
        print(f'  {when:6}  ' + ', '.join(figures))
    print(f'  {_said(gain)}')
    if 'over_thresholds' in gain:
        print(f'  against new thresholds alone: {_said(gain["over_thresholds"])}')
        if content['penalty'] is None:
            print('  the scores stay as they are: no correction did better on those left out')
    print(f'{out}: thresholds ' + ', '.join(f'{k} {v:.4f}' for k, v in content['thresholds'].items()))


def _said(gain: dict[str, Any]) -> str:
    change = gain['f1_gain']
    said = 'a gain' if gain['gained'] else 'no gain is shown: the interval holds zero or lies below'
    return f'F1 {change["value"]:+.3f} (95 % {change["low"]:+.3f} to {change["high"]:+.3f}): {said}'


if __name__ == '__main__':
    sys.exit(run_command(main))
