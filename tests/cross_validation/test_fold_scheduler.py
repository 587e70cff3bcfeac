"""Folds in real processes of a small tool; no training."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from rich.console import Console

from mmaction_mespot.cross_validation import fold_scheduler
from mmaction_mespot.cross_validation.fold_display import FoldDisplay
from mmaction_mespot.cross_validation.fold_plan import Fold
from mmaction_mespot.cross_validation.fold_run import FoldRun, FoldStep
from mmaction_mespot.cross_validation.fold_scheduler import FoldLock, run_folds, slot_variables
from mmaction_mespot.errors import MESpotError

TOOL = """
import os, pathlib, sys
out = pathlib.Path(sys.argv[1])
print('Epoch(train)  [2][ 5/10]  lr: 1.0e-03  eta: 0:00:07  time: 0.1')
if out.parent.name in sys.argv[2:]:
    sys.exit('it broke')
out.write_text(os.environ.get('CUDA_VISIBLE_DEVICES', ''))
"""


@pytest.fixture
def make_runs(tmp_path: Path):
    (tmp_path / 'tool.py').write_text(TOOL)

    def make(*broken: str) -> list[FoldRun]:
        runs = []
        for name in ('a', 'b', 'c'):
            folder = tmp_path / name
            folder.mkdir(exist_ok=True)
            run = FoldRun(Fold(name, (name,), ('x',), ('y',)), folder, tmp_path, epochs=4)
            words = (sys.executable, str(tmp_path / 'tool.py'))
            run.steps = tuple(
                FoldStep(step.name, (*words, str(step.result), *broken), step.result) for step in run.steps
            )
            run.note_people()
            runs.append(run)
        return runs

    return make


def show(runs: list[FoldRun], jobs: int = 2, gpus: tuple[str, ...] = ()) -> str:
    console = Console(file=io.StringIO(), width=200, force_terminal=False)
    with FoldDisplay(runs, lambda run: 0.25, console) as display:
        run_folds(runs, slot_variables(jobs, gpus), display.update, poll_s=0.01)
    return console.file.getvalue()


def test_a_failed_fold_does_not_stop_the_others_and_goes_on_later(make_runs) -> None:
    runs = make_runs('b')
    out = show(runs)
    assert [run.state for run in runs] == ['finished', 'failed', 'finished']
    assert runs[1].problem.startswith('train ended with exit code 1')
    assert 'fold b failed: train ended with exit code 1' in out and '  | it broke' in out
    assert 'finished, F1 0.250 (2 of 3 folds finished' in out  # whichever of the two ends last
    stamps = [run.dump.stat().st_mtime_ns for run in (runs[0], runs[2])]
    again = make_runs()
    assert 'fold a: training' not in show(again)
    assert [run.state for run in again] == ['finished'] * 3
    assert [run.dump.stat().st_mtime_ns for run in (again[0], again[2])] == stamps
    about = again[1].read_about()
    assert about['test'] == ['b'] and set(about['seconds']) == {'train', 'test'}


def test_a_step_that_writes_nothing_failed(make_runs) -> None:
    runs = make_runs()[:1]
    runs[0].steps = (FoldStep('train', (sys.executable, '-c', ''), runs[0].folder / 'never'),)
    show(runs)
    assert 'exit code 0, but' in runs[0].problem and 'never is not there' in runs[0].problem


def test_gpus_go_by_turns(make_runs) -> None:
    runs = make_runs()
    show(runs, jobs=2, gpus=('3', '5'))
    assert {run.dump.read_text() for run in runs} <= {'3', '5'}
    assert [v['CUDA_VISIBLE_DEVICES'] for v in slot_variables(3, ('3', '5'))] == ['3', '5', '3']


def test_threads_are_shared_unless_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fold_scheduler.os, 'cpu_count', lambda: 8)
    monkeypatch.setenv('OMP_NUM_THREADS', '1')
    assert slot_variables(2, ()) == [{}, {}]
    monkeypatch.delenv('OMP_NUM_THREADS')
    assert slot_variables(2, ()) == [{'OMP_NUM_THREADS': '4'}] * 2
    assert slot_variables(1, ()) == [{}]


def test_a_fold_in_work_elsewhere_is_left_alone(make_runs, tmp_path: Path, monkeypatch) -> None:
    runs = make_runs()
    monkeypatch.setattr(FoldLock.__init__, '__defaults__', (0.2,))
    lock = FoldLock(tmp_path / 'b')
    show(runs)
    assert [run.state for run in runs] == ['finished', 'failed', 'finished']
    assert runs[1].problem.endswith('another process is working on this fold')
    lock.release()
    show(runs[1:2])
    assert runs[1].state == 'finished'


def test_interruption_ends_the_processes(make_runs) -> None:
    runs = make_runs()
    runs[0].steps = (
        FoldStep('train', (sys.executable, '-c', 'import time; time.sleep(60)'), runs[0].folder / 'never'),
    )
    started = []

    def start(*arguments):
        started.append(fold_scheduler.start_process(*arguments))
        return started[-1]

    def interrupt() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_folds(runs[:1], [{}], interrupt, start, poll_s=0.01)
    assert started[0].poll() is not None


def test_other_people_in_the_folder(make_runs, tmp_path: Path) -> None:
    run = make_runs()[0]
    other = FoldRun(Fold('a', ('a',), ('z',), ('y',)), run.folder, tmp_path)
    with pytest.raises(MESpotError, match='begun with other people'):
        other.note_people()


def test_progress_of_the_log(make_runs) -> None:
    run = make_runs()[0]
    assert run.progress() == (0.0, '', '')
    run.log(run.steps[0]).write_text(
        'Epoch(train)  [1][10/10]  lr: 1  eta: 0:00:09  time\n'
        'Epoch(train)  [2][ 5/10]  lr: 1  eta: 1 day, 0:00:07  time'
    )
    run.state, run.doing = 'running', 'train'
    # Epoch 2 of 4 is half done.
    assert run.progress() == (0.375, '2/4', '1 day, 0:00:07')
    run.log(run.steps[0]).write_text('Iter(train) [ 30/120]  lr: 1  eta: 0:10:00  time')
    assert run.progress() == (0.25, '30/120', '0:10:00')


def test_table_on_a_terminal(make_runs) -> None:
    runs = make_runs()
    console = Console(file=io.StringIO(), width=100, force_terminal=True)
    with FoldDisplay(runs, lambda run: 0.25, console) as display:
        run_folds(runs, slot_variables(3, ()), display.update, poll_s=0.05)
        last = display.table()
    assert [list(column.cells) for column in last.columns[:4]] == [
        ['a', 'b', 'c'],
        ['finished'] * 3,
        ['4/4'] * 3,
        ['0.250'] * 3,
    ]
    assert '3 of 3 folds finished' in console.file.getvalue()
