from __future__ import annotations

import logging
from types import SimpleNamespace

import pytest
import torch
from mmaction.registry import MODELS
from mmengine.registry import init_default_scope

from mmaction_mespot.engine.hooks import ActionUnitHook
from mmaction_mespot.errors import MESpotError


def runner(backbone: torch.nn.Module, *action_units: str) -> SimpleNamespace:
    events = [
        dict(segment=[0, 9], label=0, **({'action_units': text} if text else {})) for text in action_units
    ]
    dataset = SimpleNamespace(data_list=[dict(instances=events), dict(instances=[])])
    model = torch.nn.Module()
    model.backbone = backbone
    return SimpleNamespace(
        model=model, train_dataloader=SimpleNamespace(dataset=dataset), logger=logging.getLogger('test')
    )


def test_labels_of_the_training_people_make_the_graph(caplog: pytest.LogCaptureFixture) -> None:
    init_default_scope('mmaction')
    network = MODELS.build(dict(type='AUWGCN', regions=('chin', 'right_brow_inner')))
    ActionUnitHook().before_train(runner(network, '', ''))
    assert '0 of 2 training events' in caplog.text
    assert network.graph.adjacency.tolist() == [[0.5, 0.5], [0.5, 0.5]]
    ActionUnitHook().before_train(runner(network, '17', '', '1+17'))
    torch.testing.assert_close(network.graph.adjacency, torch.tensor([[3 / 4, 1 / 4], [1 / 3, 2 / 3]]))


def test_another_backbone_is_named() -> None:
    with pytest.raises(MESpotError, match='Linear takes no action units'):
        ActionUnitHook().before_train(runner(torch.nn.Linear(1, 1), '17'))
