"""The main job in order, through the same tools that a user calls; what is there already is skipped."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mmaction_mespot.apis.steps import DATA_VARIABLE, TEST_LINES, TRAIN_LINES, Step, run_steps
from mmaction_mespot.evaluation.functional.dump import load_dump
from mmaction_mespot.reports.tables import F1_HEADER, f1_rows, markdown_table, part_counts
from mmaction_mespot.synthetic.layout import WORKBOOK

STATE_FILE = 'quickstart.json'
PART = 'normal'
CROP_SIZE = 112


def quickstart_steps(
    root: Path, data: Path, work_dir: Path, size: str, jobs: int, cfg_options: Sequence[str]
) -> list[Step]:
    """The steps of the main job.

    Args:
        root: Folder of the repository, with ``tools`` and ``configs``.
        data: Folder of the videos (``raw``) and of the prepared data.
        work_dir: Folder of the training, the results and the report.
        size: Size of the synthetic data set.
        jobs: Processes for drawing and preparing.
        cfg_options: Settings ``key=value`` that override the config, for training and test.

    Returns:
        Making the videos, preparing them, training, test, report.
    """
    tools, config = root / 'tools', str(root / 'configs' / 'mespot_lite_synthetic_quick.py')
    raw, prepared, dump = data / 'raw', data / PART, work_dir / 'dump.json'
    options = ('--cfg-options', *cfg_options) if cfg_options else ()
    dump_option = ('--cfg-options', *cfg_options, f'test_evaluator.dump_path={dump}')
    train = (str(tools / 'train.py'), config, '--work-dir', str(work_dir))
    test = (str(tools / 'test.py'), config, str(work_dir / 'final.pth'), '--work-dir', str(work_dir / 'test'))
    make = (str(tools / 'make_synthetic.py'), '--size', size, '--out', str(raw), '--parts', PART)
    prepare = (str(tools / 'prepare.py'), 'casme2', '--root', str(raw / PART), '--out', str(prepared))
    flow = ('--streams', 'flow_grid,flow_roi', '--crop-size', str(CROP_SIZE), '--flow', 'dis')
    report = (str(tools / 'report.py'), '--dump', str(dump), '--work-dir', str(work_dir))
    out = work_dir / 'report'
    return [
        Step('make the synthetic videos', (*make, '--jobs', str(jobs)), raw / PART / WORKBOOK),
        Step(
            'track the faces and compute the flow',
            (*prepare, *flow, '--jobs', str(jobs)),
            prepared / 'annotations.json',
        ),
        Step('train', (*train, *options), work_dir / 'final.pth', resume=('--resume',), shown=TRAIN_LINES),
        Step('test on other people', (*test, *dump_option), dump, shown=TEST_LINES),
        Step('report', (*report, '--data', str(prepared), '--out', str(out)), out / 'report.md'),
    ]


def summary(steps: Sequence[Step], ran: Sequence[tuple[str, float]], dump_path: Path) -> str:
    """Times of the steps that ran, the F1 table, and where the report lies."""
    dump = load_dump(dump_path)
    counts = part_counts(dump.final_videos(), dump.metainfo['iou_threshold'])
    times = ', '.join(f'{name} {seconds:.0f} s' for name, seconds in ran)
    lines = [f'times: {times}'] if ran else []
    return '\n'.join([*lines, markdown_table(F1_HEADER, f1_rows(counts)), f'report: {steps[-1].result}'])


def quickstart(
    root: Path, data: Path, work_dir: Path, size: str, jobs: int, cfg_options: Sequence[str]
) -> None:
    """Do the main job and print its outcome; arguments as of `quickstart_steps`.

    Raises:
        MESpotError: If a step fails.
    """
    steps = quickstart_steps(root, data, work_dir, size, jobs, cfg_options)
    ran = run_steps(steps, work_dir / STATE_FILE, {DATA_VARIABLE: str(data)})
    print(summary(steps, ran, work_dir / 'dump.json'))
