from types import SimpleNamespace

import pytest
import torch
from torch import nn

from mmaction_mespot.engine.hooks import FrozenNormHook
from mmaction_mespot.errors import MESpotError


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.backbone = nn.Sequential(nn.Conv1d(2, 3, 1), nn.BatchNorm1d(3))
        self.neck = nn.BatchNorm1d(3)


@pytest.mark.parametrize(('part', 'frozen'), [('', (True, True)), ('backbone', (True, False))])
def test_statistics_stay_as_they_are(part, frozen):
    model, hook = Model(), FrozenNormHook(part)
    runner = SimpleNamespace(model=model)
    hook.before_train(runner)
    model.train()
    hook.before_train_iter(runner, 0)
    model.neck(model.backbone(torch.randn(4, 2, 5)))
    norms = (model.backbone[1], model.neck)
    assert tuple(bool((norm.running_mean == 0).all()) for norm in norms) == frozen
    assert all(norm.weight.requires_grad for norm in norms)
    assert model.backbone[0].training


def test_a_part_without_normalisation():
    with pytest.raises(MESpotError, match="Model has no batch normalisation in part 'back'"):
        FrozenNormHook('back').before_train(SimpleNamespace(model=Model()))
