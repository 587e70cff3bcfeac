"""The main job through the command lines, on the tiny synthetic set; and a killed training that goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

ROOT = Path(__file__).resolve().parents[2]
OPTIONS = (
    'train_cfg.max_epochs=3',
    'train_cfg.val_interval=3',
    'train_dataloader.batch_size=8',
    'train_dataloader.dataset.windows_per_epoch=16',
)
QUICKSTART = ('tools/quickstart.py', '--size', 'tiny', '--jobs', '1')
KILL_LIMIT_S = 300


def environment(**variables: str) -> dict[str, str]:
    return {**os.environ, 'OMP_NUM_THREADS': '1', **variables}


def run(*words: str, **variables: str) -> str:
    """Run a tool and give all it printed."""
    done = subprocess.run(
        [sys.executable, str(ROOT / words[0]), *words[1:]],
        env=environment(**variables),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    return done.stdout


@pytest.fixture(scope='module')
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data and results of a finished quick start."""
    path = tmp_path_factory.mktemp('main_job')
    out = run(*quickstart_words(path))
    assert all(f'| {name} | ' in out for name in ('network', 'flow spotter, no training', 'both, fused'))
    return path


def quickstart_words(path: Path) -> tuple[str, ...]:
    places = ('--data', str(path / 'data'), '--work-dir', str(path / 'work'))
    return (*QUICKSTART, *places, '--cfg-options', *OPTIONS)


def test_report_is_there(folder: Path) -> None:
    report = folder / 'work' / 'report'
    text = (report / 'report.md').read_text()
    assert '(model, chosen in training)' in text
    pictures = [line.split('(')[-1].rstrip(')') for line in text.splitlines() if line.startswith('![')]
    assert {'f1.png', 'loss.png'} <= set(pictures)
    assert all(f'| {name} | ' in text for name in ('this', 'flow spotter, no training', 'both, fused'))
    assert all((report / picture).stat().st_size > 5000 for picture in pictures)
    assert len(list((report / 'timelines').glob('*.png'))) == 1


def test_second_run_does_nothing(folder: Path) -> None:
    final = folder / 'work' / 'final.pth'
    before = final.stat().st_mtime_ns
    out = run(*quickstart_words(folder))
    assert out.count('there already') == 7
    assert final.stat().st_mtime_ns == before


def test_flow_spotter_reads_the_same_data(folder: Path) -> None:
    dump = folder / 'flow.json'
    words = ('tools/test.py', 'configs/spotters/optical_flow_quick.py', '--work-dir', str(folder / 'flow'))
    options = ('--cfg-options', f'test_evaluator.dump_path={dump}')
    out = run(*words, *options, MESPOT_DATA=str(folder / 'data'))
    assert '(tuned on these videos)' in out and '(model, chosen in training)' in out
    assert dump.is_file()


def test_killed_training_ends_with_the_same_weights(folder: Path) -> None:
    work = folder / 'killed'
    train = ('tools/train.py', 'configs/mespot_lite_synthetic_quick.py', '--work-dir', str(work))
    words = (*train, '--cfg-options', *OPTIONS)
    data = str(folder / 'data')
    process = subprocess.Popen(
        [sys.executable, str(ROOT / words[0]), *words[1:]],
        env=environment(MESPOT_DATA=data),
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    began = time.monotonic()
    # The name of the checkpoint is noted after it was written.
    while not (work / 'last_checkpoint').is_file():
        assert process.poll() is None and time.monotonic() - began < KILL_LIMIT_S
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not (work / 'final.pth').exists()
    assert 'resumed epoch' in run(*words, '--resume', MESPOT_DATA=data)
    resumed, undisturbed = (
        torch.load(path / 'final.pth', weights_only=False)['state_dict'] for path in (work, folder / 'work')
    )
    assert resumed.keys() == undisturbed.keys()
    for name, weight in undisturbed.items():
        torch.testing.assert_close(resumed[name], weight, rtol=1e-5, atol=1e-6, equal_nan=True, msg=name)
