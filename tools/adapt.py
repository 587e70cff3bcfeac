"""Fit scores and thresholds to one's own recordings, from intervals that a coder reviewed in the viewer.

Says what that gains on videos that the fit did not see; tools/spot.py --calibration takes the file.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from mmaction_mespot.apis.command_line import run_command
from mmaction_mespot.study.calibration_file import CALIBRATION, adapt


def main(arguments: list[str] | None = None) -> None:
    """Calibrate and report."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('results', type=Path, help='folder of results with corrections')
    parser.add_argument('--coder', required=True, help='whose corrections')
    parser.add_argument('--out', type=Path, help=f'the file (default: {CALIBRATION} in the folder)')
    args = parser.parse_args(arguments)
    out = args.out or args.results / CALIBRATION
    content = adapt(args.results, args.coder, out)
    gain = content['gain']
    print(
        f'{gain["reviewed_intervals"]} reviewed intervals in {gain["videos"]} videos, each left out in turn:'
    )
    for when in ('before', 'after'):
        figures = (f'{name} {"-" if v is None else format(v, ".3f")}' for name, v in gain[when].items())
        print(f'  {when:6}  ' + ', '.join(figures))
    change = gain['f1_gain']
    said = 'a gain' if gain['gained'] else 'no gain is shown: the interval holds zero or lies below'
    print(f'  F1 {change["value"]:+.3f} (95 % {change["low"]:+.3f} to {change["high"]:+.3f}): {said}')
    print(f'{out}: thresholds ' + ', '.join(f'{k} {v:.4f}' for k, v in content['thresholds'].items()))


if __name__ == '__main__':
    sys.exit(run_command(main))
