"""Two processes train as one with the doubled batch: the same losses, the same weights."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

sys.path.append(str(Path(__file__).resolve().parents[1] / 'datasets'))

from prepared_set import write_prepared

ROOT = Path(__file__).resolve().parents[2]

# Frozen batch normalisation and no dropout: else the processes would draw and normalise by themselves.
# Plain SGD: Adam's first steps hang on the sign of gradients near 0.
CONFIG = """
_base_ = '{base}'
custom_imports = dict(imports=['mmaction_mespot', 'rank_losses'], allow_failed_imports=False)
model = dict(head=dict(dropout=0.0))
train_dataloader = dict(batch_size={batch_size}, dataset=dict(windows_per_epoch=12, clip_len=32))
optim_wrapper = dict(optimizer=dict(_delete_=True, type='SGD', lr=0.05))
param_scheduler = []
train_cfg = dict(max_epochs=1)
val_dataloader, val_cfg, val_evaluator = None, None, None
custom_hooks = [
    dict(type='EpochSeedHook'), dict(type='ThresholdHook'),
    dict(type='FrozenNormHook'), dict(type='RankLossHook'),
]
"""


@pytest.fixture(scope='module')
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """Work folders of one process with batches of 4, and of two with batches of 2."""
    folder = tmp_path_factory.mktemp('ddp')
    write_prepared(folder / 'normal', streams=('flow_grid',))
    base = ROOT / 'configs' / 'mespot_lite_synthetic_quick.py'
    done = {}
    for processes in (1, 2):
        work = folder / f'work{processes}'
        work.mkdir()
        config = folder / f'config{processes}.py'
        config.write_text(CONFIG.format(base=base, batch_size=4 // processes))
        launch = ['-m', 'torch.distributed.run', '--standalone', f'--nproc_per_node={processes}']
        words = [str(ROOT / 'tools' / 'train.py'), str(config), '--work-dir', str(work)]
        ddp = [*launch, *words, '--launcher', 'pytorch']
        paths = os.pathsep.join([str(Path(__file__).parent), os.environ.get('PYTHONPATH', '')])
        run = subprocess.run(
            [sys.executable, *(words if processes == 1 else ddp)],
            cwd=ROOT,
            env={
                **os.environ,
                'OMP_NUM_THREADS': '1',
                'MESPOT_DATA': str(folder),
                'RANK_LOSSES': str(work),
                'PYTHONPATH': paths,
                'CUDA_VISIBLE_DEVICES': '',
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert run.returncode == 0, run.stdout[-3000:]
        done[processes] = work
    return done


def losses(work: Path, rank: int) -> torch.Tensor:
    lines = (work / f'rank{rank}.jsonl').read_text().splitlines()
    return torch.tensor([json.loads(line) for line in lines])


def test_the_losses_are_those_of_one_process_with_the_doubled_batch(runs: dict[int, Path]) -> None:
    alone = losses(runs[1], 0)
    assert len(alone) == 3
    first, second = losses(runs[2], 0), losses(runs[2], 1)
    assert not torch.equal(first, second)
    torch.testing.assert_close((first + second) / 2, alone, rtol=1e-5, atol=1e-6)


def test_so_are_the_weights(runs: dict[int, Path]) -> None:
    alone, both = (
        torch.load(work / 'final.pth', weights_only=False)['state_dict'] for work in (runs[1], runs[2])
    )
    assert alone.keys() == both.keys()
    for name, weight in alone.items():
        torch.testing.assert_close(both[name], weight, rtol=1e-5, atol=1e-6, equal_nan=True, msg=name)
