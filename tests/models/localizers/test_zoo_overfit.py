"""Every network of the zoo fits one window whose events shine through, and finds them again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from mmaction.registry import MODELS
from mmengine.config import Config
from mmengine.registry import init_default_scope

CONFIGS = Path(__file__).parents[3] / 'configs' / 'zoo'
LENGTH = 48
EVENTS, LABELS = [[6, 26], [34, 42]], [0, 1]
SHAPES = dict(regions=(2, 14, 1), patch=(2, 42, 42), grid=(2, 12, 12), rgb=(3, 32, 32))
NETWORKS = {
    'abpn': 'regions',
    'auw_gcn': 'regions',
    'spotformer': 'regions',
    'me_tst': 'regions',
    'softnet': 'patch',
    'mtsn': 'patch',
    'sl_swin': 'patch',
    'yap_3dcnn': 'rgb',
    'panet': 'grid',
    'actionformer': 'grid',
    'tridet': 'grid',
    'lgsnet': 'grid',
    'two_branches': 'grid',
    'mesnet': 'rgb',
}
NARROW = {
    'spotformer': dict(backbone=dict(channels=16), head=dict(in_channels=16)),
    'me_tst': dict(backbone=dict(depth=1, state=4)),
    'sl_swin': dict(backbone=dict(channels=8, depths=(1, 1), heads=(1, 2)), head=dict(in_channels=32)),
}


def window(shape: tuple[int, int, int]) -> torch.Tensor:
    """A window whose upper half moves out in the first half of an event and back in the second."""
    channels, height, width = shape
    values = 0.02 * torch.randn(1, channels, LENGTH, height, width)
    for start, end in EVENTS:
        middle = (start + end) // 2
        values[:, :, start:middle, : height // 2] += 1
        values[:, :, middle:end, : height // 2] -= 1
    return values


@pytest.mark.parametrize('name', NETWORKS)
def test_loss_falls_on_one_window(name: str, make_sample: Callable) -> None:
    init_default_scope('mmaction')
    torch.manual_seed(0)
    cfg = Config.fromfile(CONFIGS / f'{name}_synthme.py')
    cfg.merge_from_dict(dict(model=NARROW.get(name, {})))
    model = MODELS.build(cfg.model)
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    stream = 'rgb' if NETWORKS[name] == 'rgb' else 'flow'
    inputs = {stream: window(SHAPES[NETWORKS[name]])}
    sample = make_sample(EVENTS, LABELS, total_frames=LENGTH)
    optimizer = torch.optim.Adam(model.parameters(), 3e-3)
    losses = []
    for _ in range(30):
        optimizer.zero_grad()
        found = model(inputs, [sample], mode='loss')
        total = sum(value for key, value in found.items() if key.startswith('loss'))
        total.backward()
        optimizer.step()
        losses.append(float(total))
    assert min(losses[-3:]) < 0.6 * losses[0]
