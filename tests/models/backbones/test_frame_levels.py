from __future__ import annotations

import pytest
import torch
from mmaction.registry import MODELS

from mmaction_mespot.errors import MESpotError

RESNET = dict(type='ResNet', depth=18, num_stages=2, strides=(1, 2), dilations=(1, 1), out_indices=(1,))


def test_every_frame_by_itself() -> None:
    torch.manual_seed(0)
    network = MODELS.build(dict(type='FrameLevels', backbone=RESNET, in_channels=2)).eval()
    stream = torch.randn(1, 2, 9, 32, 32)
    levels = network(stream)
    assert [tuple(level.shape) for level in levels] == [(1, 128, n, 4, 4) for n in (5, 3, 2)]
    changed = stream.clone()
    changed[:, :, 4] += 1
    difference = (network(changed)[0] - levels[0]).abs().sum(dim=(0, 1, 3, 4))
    assert difference.nonzero().flatten().tolist() == [2]


def test_an_lstm_carries_on_what_was_seen() -> None:
    torch.manual_seed(0)
    lstm = dict(input_size=128, hidden_size=6)
    network = MODELS.build(dict(type='FrameLevels', backbone=RESNET, lstm=lstm)).eval()
    stream = torch.randn(1, 3, 8, 32, 32)
    levels = network(stream)
    assert [tuple(level.shape) for level in levels] == [(1, 6, n, 1, 1) for n in (4, 2, 1)]
    changed = stream.clone()
    changed[:, :, 2] += 1
    difference = (network(changed)[0] - levels[0]).abs().sum(dim=(0, 1, 3, 4))
    assert difference.nonzero().flatten().tolist() == [1, 2, 3]


def test_c3d_without_its_last_layers() -> None:
    config = dict(type='StageLevels', backbone=dict(type='C3D'), stages=('conv3b', 'conv4b', 'conv5b'))
    network = MODELS.build({**config, 'without': ('pool5', 'fc6', 'fc7'), 'in_channels': 3})
    levels = network(torch.randn(1, 3, 8, 16, 16))
    assert [tuple(level.shape) for level in levels] == [
        (1, 256, 4, 4, 4),
        (1, 512, 2, 2, 2),
        (1, 512, 1, 1, 1),
    ]
    with pytest.raises(MESpotError, match='pictures of 3 channels alone, found a stream of 2'):
        MODELS.build({**config, 'in_channels': 2})
    with pytest.raises(MESpotError, match='fc9'):
        MODELS.build({**config, 'without': ('fc9',)})
