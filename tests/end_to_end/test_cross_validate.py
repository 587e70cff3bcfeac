"""Cross-validations over four people: killed and resumed, without leaks, without training."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from mmengine.runner import Runner
from rich.console import Console

# The suite imports by importlib, which leaves the folder of the helpers off the path.
sys.path.insert(0, str(Path(__file__).parent))

from four_people import CONFIG, OPTIONS, ROOT, Fork, make_prepared, run_tool
from tool_runs import start_tool

from mmaction_mespot.cross_validation.cross_validate import CrossValidation, cross_validate
from mmaction_mespot.engine.hooks.epoch_seed_hook import EpochSeedHook

PEOPLE = ['s02', 's07', 's08', 's10']
FIGURES = ['people.png', 'thresholds.png', 'lengths.png', 'timelines/best1.png', 'timelines/worst1.png']


@pytest.fixture(scope='module')
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_prepared(tmp_path_factory.mktemp('four'))


@pytest.fixture(autouse=True)
def environment(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('MESPOT_DATA', str(data))


def make_job(
    work_dir: Path, config: str = CONFIG, options: tuple[str, ...] = OPTIONS, **more
) -> CrossValidation:
    return CrossValidation(config, work_dir, ROOT / 'tools', cfg_options=options, **more)


def run(job: CrossValidation, **more) -> str:
    console = Console(file=io.StringIO(), width=200)
    cross_validate(job, **{'start': Fork, **more}, poll_s=0.02, console=console)
    return console.file.getvalue()


@pytest.fixture(scope='module')
def undisturbed(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Work folder of a cross-validation that ran through."""
    work = tmp_path_factory.mktemp('undisturbed')
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv('MESPOT_DATA', str(data))
        out = run(make_job(work))
    assert [f'fold {name}: finished, F1' in out for name in PEOPLE] == [True] * 4
    return work


def test_results_hold_all_folds(undisturbed: Path) -> None:
    results = json.loads((undisturbed / 'results.json').read_text())
    assert results['complete'] and [fold['name'] for fold in results['folds']] == PEOPLE
    assert results['paper'].startswith('NOT COMPARABLE')
    assert {fold['threshold_source'] for fold in results['folds']} == {'model, chosen in training'}
    for fold in results['folds']:
        assert fold['test'] == [fold['name']] and sorted(fold['test'] + fold['val'] + fold['train']) == PEOPLE
    overall = results['tables']['result'][-1]
    labels = [row['MaE labels'] + row['ME labels'] for row in results['tables']['people']]
    assert overall['TP'] + overall['FN'] == sum(labels) > 0
    text = (undisturbed / 'results.md').read_text()
    for figure in FIGURES:
        assert f'](figures/{figure})' in text and (undisturbed / 'figures' / figure).stat().st_size > 5000


def test_killed_in_the_middle_it_ends_with_the_same_results(undisturbed: Path, tmp_path: Path) -> None:
    job = make_job(tmp_path / 'work')
    second = job.work_dir / 's07'

    class DeadlyFork(Fork):
        """The training of the second fold kills the whole process group within its second epoch."""

        def prepare(self, log: Path) -> None:
            def kill(hook: EpochSeedHook, runner: Runner, *_: object, **__: object) -> None:
                if log == second / 'train.log' and runner.iter == 2:
                    os.killpg(0, signal.SIGKILL)

            EpochSeedHook.after_train_iter = kill

    pid = os.fork()
    if pid == 0:
        os.setsid()
        try:
            run(job, start=DeadlyFork)
        finally:
            os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL
    assert (job.work_dir / 's02' / 'dump.json').is_file() and not (second / 'dump.json').is_file()
    assert not (second / 'final.pth').is_file()
    first = (job.work_dir / 's02' / 'final.pth').stat().st_mtime_ns

    out = run(job, jobs=2)
    assert 'fold s02: training' not in out and 'fold s10: training' in out
    assert (job.work_dir / 's02' / 'final.pth').stat().st_mtime_ns == first
    assert 'resumed epoch: 1' in (second / 'train.log').read_text()
    for name in PEOPLE:
        same = [(folder / name / 'dump.json').read_bytes() for folder in (job.work_dir, undisturbed)]
        assert same[0] == same[1]
    same = [(folder / 'results.json').read_bytes() for folder in (job.work_dir, undisturbed)]
    assert same[0] == same[1]


@pytest.mark.skipif(sys.platform != 'linux', reason='elsewhere a killed parent leaves its trainings')
def test_trainings_of_a_killed_parent_end_and_are_resumed(undisturbed: Path, tmp_path: Path) -> None:
    job = make_job(tmp_path / 'work')
    words = (CONFIG, '--work-dir', job.work_dir, '--jobs', 2, '--cfg-options', *OPTIONS)
    parent = start_tool('cross_validate', *words)
    wait_until(lambda: len(list(job.work_dir.glob('*/train.log'))) == 2)
    os.kill(parent.pid, signal.SIGKILL)
    assert parent.end().code == -signal.SIGKILL
    wait_until(lambda: not parent.others())
    assert not list(job.work_dir.glob('*/final.pth'))
    run(job, jobs=2)
    for name in PEOPLE:
        same = [(folder / name / 'dump.json').read_bytes() for folder in (job.work_dir, undisturbed)]
        assert same[0] == same[1]


def wait_until(done: Callable[[], bool]) -> None:
    until = time.monotonic() + 120
    while not done():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_labels_of_the_held_out_person_change_nothing_but_the_score(
    undisturbed: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held_out = 's07'
    altered = tmp_path / 'data' / 'normal'
    altered.mkdir(parents=True)
    (altered / 'flow_grid').symlink_to(data / 'normal' / 'flow_grid')
    annotations = json.loads((data / 'normal' / 'annotations.json').read_text())
    for video in annotations['data_list']:
        if video['subject'] == held_out:
            # The other class, another place, one label less.
            video['instances'] = [
                {'segment': [start - 9, end + 11], 'label': 1 - item['label']}
                for item in video['instances'][1:]
                for start, end in [item['segment']]
            ]
    (altered / 'annotations.json').write_text(json.dumps(annotations))
    monkeypatch.setenv('MESPOT_DATA', str(altered.parent))
    work = tmp_path / 'work'
    run(make_job(work), only=[held_out])
    assert not (work / 'results.json').exists()

    dumps = [json.loads((folder / held_out / 'dump.json').read_text()) for folder in (undisturbed, work)]
    truths = [[video.pop('ground_truth') for video in dump['videos']] for dump in dumps]
    assert truths[0] != truths[1]
    # Candidates with their scores, and thresholds, digit by digit.
    assert json.dumps(dumps[0]) == json.dumps(dumps[1])
    assert dumps[0]['videos'][0]['candidates'] and dumps[0]['metainfo']['thresholds']
    states = [
        torch.load(folder / held_out / 'final.pth', weights_only=False)['state_dict']
        for folder in (undisturbed, work)
    ]
    assert states[0].keys() == states[1].keys()
    for name, weight in states[0].items():
        assert weight.numpy().tobytes() == states[1][name].numpy().tobytes(), name


def test_spotter_without_training(data: Path, tmp_path: Path) -> None:
    config = str(ROOT / 'configs' / 'spotters' / 'mdmd.py')
    run(make_job(tmp_path, config, (), folds=('s02', 's07')))
    results = json.loads((tmp_path / 'results.json').read_text())
    assert [(fold['train'], fold['val']) for fold in results['folds']] == [
        ([], ['s07', 's08', 's10']),
        ([], ['s02', 's08', 's10']),
    ]
    assert {fold['threshold_source'] for fold in results['folds']} == {'model, chosen in training'}
    assert not (tmp_path / 's02' / 'train.log').exists()


def test_command_line_pools_and_prints_the_script(
    undisturbed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    work = tmp_path / 'work'
    for name in PEOPLE[:3]:
        (work / name).mkdir(parents=True)
        for file in ('final.pth', 'dump.json', 'fold.json'):
            shutil.copy(undisturbed / name / file, work / name / file)
    words = ('tools/cross_validate.py', CONFIG, '--work-dir', str(work))
    assert run_tool(*words, '--pool-only', '--cfg-options', *OPTIONS) == 0
    assert 'INCOMPLETE: 1 folds are missing: s10' in capsys.readouterr().out
    assert json.loads((work / 'results.json').read_text())['missing_folds'] == ['s10']
    assert run_tool(*words, '--slurm', '--jobs', '2', '--folds', 's08', 's02') == 0
    script = capsys.readouterr().out
    assert '--array=0-1%2' in script and 'FOLDS=(s02 s08)' in script and 'export MESPOT_DATA=' in script
    assert run_tool(*words, '--only', 's99') == 2
    assert '--only: found s99, expected some of s02, s07, s08, s10' in capsys.readouterr().err
