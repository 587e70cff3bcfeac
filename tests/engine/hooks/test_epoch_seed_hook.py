import random
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from mmaction_mespot.engine.hooks import EpochSeedHook


def draws(seed, epoch):
    EpochSeedHook().before_train_epoch(SimpleNamespace(seed=seed, epoch=epoch))
    return [random.random(), float(np.random.rand()), float(torch.rand(()))]


def test_draws_depend_on_seed_and_epoch_only():
    first = draws(0, 1)
    assert all(a != b for a, b in zip(first, draws(0, 2), strict=True))
    # Not the sum of the two: another seed must not repeat another run's epochs.
    assert all(a != b for a, b in zip(first, draws(1, 0), strict=True))
    assert draws(0, 1) == first


@pytest.mark.parametrize(('hooks', 'equal'), [([{'type': 'EpochSeedHook'}], True), ([], False)])
def test_a_resumed_run_equals_an_undisturbed_one(make_runner, tmp_path, hooks, equal):
    whole = make_runner(hooks, 'whole')
    whole.train()
    make_runner(hooks, 'first', epochs=1).train()
    rest = make_runner(hooks, 'rest', resume_from=str(tmp_path / 'first' / 'epoch_1.pth'))
    rest.train()
    assert torch.equal(whole.model.layer.weight, rest.model.layer.weight) is equal
