"""A test in two processes gives the metrics of one, each window counted once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from mmaction.registry import DATASETS, MODELS
from mmengine.config import Config
from mmengine.registry import init_default_scope

# The suite imports by importlib, which leaves the folders of the helpers off the path.
sys.path += [str(Path(__file__).parent), str(Path(__file__).parents[1] / 'datasets')]

from four_people import ROOT, Fork
from prepared_set import write_prepared

CONFIG = """
_base_ = '{base}'
model = dict(
    neck=dict(out_channels=16, num_repeats=1),
    head=dict(in_channels=16, channels=16),
)
test_dataloader = dict(
    batch_size=2,
    dataset=dict(split=None, include_subjects=['s01', 's02'], clip_len=32, stride=16),
)
"""


def read(work: Path) -> tuple[dict[str, float], bytes]:
    """The metrics of a test without its times, and its dump."""
    (metrics,) = (path for path in work.glob('*/*.json'))
    values = json.loads(metrics.read_text())
    return {key: value for key, value in values.items() if 'spotting/' in key}, (
        work / 'dump.json'
    ).read_bytes()


def test_two_processes_give_the_metrics_of_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_prepared(tmp_path / 'data' / 'normal', streams=('flow_grid',))
    monkeypatch.setenv('MESPOT_DATA', str(tmp_path / 'data'))
    config = tmp_path / 'config.py'
    config.write_text(CONFIG.format(base=ROOT / 'configs' / 'mespot_lite_synthetic_quick.py'))
    cfg = Config.fromfile(config)
    init_default_scope('mmaction')
    # Windows of 32 positions, 16 apart, of videos with 300, 200 and (at 60 frames per second) 120 positions.
    assert len(DATASETS.build(cfg.test_dataloader.dataset)) == 18 + 12 + 7
    torch.manual_seed(0)
    model = MODELS.build(cfg.model)
    model.set_score_thresholds([0.01, 0.01])
    checkpoint = tmp_path / 'model.pth'
    torch.save({'state_dict': model.state_dict()}, checkpoint)

    def words(name: str, *launcher: str) -> list[str]:
        test = [
            str(ROOT / 'tools' / 'test.py'),
            str(config),
            str(checkpoint),
            '--work-dir',
            str(tmp_path / name),
        ]
        dump = f'test_evaluator.dump_path={tmp_path / name / "dump.json"}'
        return [sys.executable, *launcher, *test, '--cfg-options', dump]

    alone = Fork(words('alone'), {}, tmp_path / 'alone.log', -1)
    launcher = ('-m', 'torch.distributed.run', '--standalone', '--nproc_per_node=2')
    two = subprocess.run(
        [*words('two', *launcher), 'env_cfg.dist_cfg.backend=gloo', '--launcher', 'pytorch'],
        env={**os.environ, 'CUDA_VISIBLE_DEVICES': ''},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert two.returncode == 0, two.stdout[-3000:]
    assert alone.wait() == 0, (tmp_path / 'alone.log').read_text()[-3000:]
    assert 'Distributed launcher: pytorch' in two.stdout
    metrics, dump = read(tmp_path / 'two')
    assert (metrics, dump) == read(tmp_path / 'alone')
    assert isinstance(metrics['spotting/F1'], float)
    assert isinstance(metrics['spotting/TP'], int)
    assert [bool(video['candidates']) for video in json.loads(dump)['videos']] == [True] * 3
