"""Two separate processes on one folder of results share the work: nothing is done twice, nothing is lost."""

from __future__ import annotations

import contextlib
import json
from multiprocessing import get_context
from pathlib import Path

import cv2
import matplotlib
import pandas as pd
import pytest

from mmaction_mespot.spotting.inferencer import SpottingInferencer
from mmaction_mespot.spotting.reporter import SpotReporter
from mmaction_mespot.spotting.videos import SpotOptions, spot_videos

NAMES = [f'P{number}' for number in range(5)]


@pytest.fixture(scope='module')
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five short videos as folders of images, and one file that is none."""
    path = Path(matplotlib.__file__).parent / 'mpl-data' / 'sample_data' / 'grace_hopper.jpg'
    face = cv2.resize(cv2.imread(str(path)), (96, 112), interpolation=cv2.INTER_AREA)
    root = tmp_path_factory.mktemp('study')
    for name in NAMES:
        (root / name / 'a').mkdir(parents=True)
        for number in range(12):
            cv2.imwrite(str(root / name / 'a' / f'img_{number}.png'), face)
    (root / 'broken.mp4').write_text('no video')
    return root


def run(study: Path, out: Path, log: Path, start) -> None:
    """Spot the study, in a process of its own; what it says goes to a file."""
    inferencer = SpottingInferencer('flow')
    start.wait(60)
    with log.open('w') as file, contextlib.redirect_stdout(file), contextlib.redirect_stderr(file):
        code = spot_videos([study], inferencer, SpotOptions(out, fps=30.0), SpotReporter('json-lines'))
        print(json.dumps({'event': 'code', 'code': code}))


def events(log: Path) -> list[dict]:
    return [json.loads(line) for line in log.read_text().splitlines() if line.startswith('{')]


def test_two_runs_share_a_study(study: Path, tmp_path: Path) -> None:
    context = get_context('fork')
    start = context.Barrier(2)
    logs = [tmp_path / 'one.log', tmp_path / 'two.log']
    runs = [context.Process(target=run, args=(study, tmp_path / 'out', log, start)) for log in logs]
    for process in runs:
        process.start()
    for process in runs:
        process.join(120)
    assert [process.exitcode for process in runs] == [0, 0]
    done = [[one['video'] for one in events(log) if one['event'] == 'done'] for log in logs]
    assert sorted(done[0] + done[1]) == [str(study / name / 'a') for name in NAMES]
    assert all(done)  # both had something to do
    codes = [one['code'] for log in logs for one in events(log) if one['event'] == 'code']
    assert len(codes) == 2 and 1 in codes  # the one that had the broken file says so
    videos = pd.read_csv(tmp_path / 'out' / 'videos.csv')
    assert videos['video'].tolist() == [f'{name}/a' for name in NAMES]
    assert pd.read_csv(tmp_path / 'out' / 'failures.csv')['video'].tolist() == ['broken']
