"""The main job in order, through the same tools that a user calls; what is there already is skipped."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mmaction_mespot.apis.report_tables import F1_HEADER, f1_rows, markdown_table, part_counts
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.functional.dump import load_dump
from mmaction_mespot.synthetic.layout import WORKBOOK

STATE_FILE = 'quickstart.json'
DATA_VARIABLE = 'MESPOT_DATA'
"""The variable that tells the configs where the prepared data lie."""

PART = 'normal'
CROP_SIZE = 112


@dataclass(frozen=True)
class Step:
    """One step.

    Attributes:
        name: What it does.
        command: The command line without the interpreter, its first word the tool.
        result: The file that is there when it was done.
        resume: Words that are added where the same command was begun before and broken off.
    """

    name: str
    command: tuple[str, ...]
    result: Path
    resume: tuple[str, ...] = ()


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
        Step('train', (*train, *options), work_dir / 'final.pth', resume=('--resume',)),
        Step('test on other people', (*test, *dump_option), dump),
        Step('report', (*report, '--data', str(prepared), '--out', str(out)), out / 'report.md'),
    ]


def run_steps(
    steps: Sequence[Step], state_path: Path, environment: Mapping[str, str]
) -> list[tuple[str, float]]:
    """Run the steps that were not done by the same command before, and all after the first of these.

    Args:
        steps: In order.
        state_path: Where the commands that were begun and done are kept.
        environment: Variables added to those of this process.

    Returns:
        Name and seconds of each step that ran.

    Raises:
        MESpotError: If a step fails; what it printed says why.
    """
    state_path.parent.mkdir(parents=True, exist_ok=True)
    state = json.loads(state_path.read_text(encoding='utf-8')) if state_path.is_file() else {}
    ran: list[tuple[str, float]] = []
    for number, step in enumerate(steps, start=1):
        title = f'[{number}/{len(steps)}] {step.name}'
        known = state.get(step.name, {})
        same = known.get('command') == list(step.command)
        if not ran and same and known.get('done') and step.result.exists():
            print(f'{title}: there already, {step.result}', flush=True)
            continue
        print(f'{title}: {shlex.join(step.command)}', flush=True)
        resume = step.resume if same and not known.get('done') else ()
        state[step.name] = {'command': list(step.command), 'done': False}
        _write_state(state, state_path)
        began = time.monotonic()
        words = [sys.executable, *step.command, *resume]
        code = subprocess.run(words, env={**os.environ, **environment}).returncode
        if code != 0 or not step.result.exists():
            missing = '' if step.result.exists() else f' and {step.result} is not there'
            raise MESpotError(f'step {number} ({step.name}) ended with exit code {code}{missing}')
        ran.append((step.name, time.monotonic() - began))
        state[step.name]['done'] = True
        _write_state(state, state_path)
        print(f'{title}: done in {ran[-1][1]:.0f} s', flush=True)
    return ran


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


def _write_state(state: dict[str, object], path: Path) -> None:
    path.write_text(json.dumps(state, indent=1) + '\n', encoding='utf-8')
