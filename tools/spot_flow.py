"""Spot a prepared data set by optical flow alone; the thresholds come from its validation people."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from mmengine.config import Config

from mmaction_mespot.apis.command_line import run_command
from mmaction_mespot.apis.report_tables import F1_HEADER, f1_rows, markdown_table, part_counts
from mmaction_mespot.evaluation.functional.dump import save_dump
from mmaction_mespot.intervals.postprocess import PostProcessing
from mmaction_mespot.spotters.optical_flow import OpticalFlowSpotter
from mmaction_mespot.spotters.spot_prepared import spot_dataset

CONFIG = Path(__file__).parents[1] / 'configs' / 'spotters' / 'optical_flow.py'


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('data', nargs='+', help='prepared data sets with the stream flow_roi (parts)')
    parser.add_argument('--config', default=str(CONFIG), help='settings of the spotter')
    parser.add_argument('--tune-split', default='val', help='split of the thresholds (default: val)')
    parser.add_argument('--split', default='test', help='split to spot (default: test)')
    parser.add_argument('--out', required=True, help='dump (JSON) to write, as of tools/test.py')
    return parser.parse_args()


def main() -> None:
    """Spot, write the dump, print the F1 table."""
    args = parse_args()
    cfg = Config.fromfile(args.config)
    spotter = OpticalFlowSpotter(**cfg.spotter)
    post_processing = PostProcessing.from_dict(cfg.post_processing)
    dump = spot_dataset(args.data, spotter, post_processing, args.tune_split, args.split)
    save_dump(dump, args.out)
    counts = part_counts(dump.final_videos(), dump.metainfo['iou_threshold'])
    print(markdown_table(F1_HEADER, f1_rows(counts)))
    print(f'thresholds ({dump.metainfo["threshold_source"]}): {dump.metainfo["thresholds"]}')
    print(f'written: {args.out}')


if __name__ == '__main__':
    sys.exit(run_command(main))
