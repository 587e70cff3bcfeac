from types import SimpleNamespace

import pytest
import torch
from torch import nn

from mmaction_mespot.engine.hooks import FastCpuHook, fast_cpu_hook
from mmaction_mespot.errors import MESpotError


def make_runner():
    model = nn.Sequential(nn.Conv3d(2, 4, 3), nn.Conv3d(4, 4, 3), nn.BatchNorm3d(4))
    loops = {name: SimpleNamespace(fp16=False) for name in ('val_loop', 'test_loop')}
    return SimpleNamespace(model=model, **loops)


def channels_last(tensor):
    return tensor.is_contiguous(memory_format=torch.channels_last_3d) and not tensor.is_contiguous()


@pytest.mark.parametrize(
    ('amx', 'options', 'expected'),
    [
        (True, {}, (True, True)),
        (False, {}, (False, False)),
        (True, dict(layout='contiguous', precision='fp32'), (False, False)),
        (False, dict(layout='channels_last_3d', precision='bf16'), (True, True)),
    ],
)
def test_both_follow_the_cpu_unless_told(monkeypatch, amx, options, expected):
    monkeypatch.setattr(fast_cpu_hook, 'cpu_has_amx', lambda: amx)
    runner, hook = make_runner(), FastCpuHook(**options)
    video = torch.randn(1, 2, 6, 8, 8)
    before = runner.model.eval()(video)
    hook.before_run(runner)
    hook.before_val_epoch(runner)
    hook.before_test_epoch(runner)
    after = runner.model(video)
    torch.testing.assert_close(after, before, rtol=1e-4, atol=1e-5)
    assert channels_last(runner.model[0].weight) == expected[0]
    assert runner.val_loop.fp16 == runner.test_loop.fp16 == expected[1]


def test_the_layout_survives_a_checkpoint():
    runner = make_runner()
    weights = {name: value.clone() for name, value in runner.model.state_dict().items()}
    FastCpuHook(layout='channels_last_3d').before_run(runner)
    runner.model.load_state_dict(weights)
    assert channels_last(runner.model[0].weight)
    assert torch.equal(runner.model[0].weight, weights['0.weight'])


def test_detection_answers():
    assert fast_cpu_hook.cpu_has_amx() in (True, False)


def test_an_unknown_layout():
    with pytest.raises(MESpotError, match=r"layout must be one of .*, found 'NDHWC'"):
        FastCpuHook(layout='NDHWC')


def test_the_localizers_of_mmaction2_are_tested_in_float32(monkeypatch):
    monkeypatch.setattr(fast_cpu_hook, 'cpu_has_amx', lambda: True)
    stock = type('Localizer', (nn.Conv3d,), {'__module__': 'mmaction.models.localizers.bmn'})(2, 4, 3)
    runner = SimpleNamespace(model=stock, val_loop=SimpleNamespace(fp16=False))
    FastCpuHook().before_val_epoch(runner)
    assert not runner.val_loop.fp16
    FastCpuHook(precision='bf16').before_val_epoch(runner)
    assert runner.val_loop.fp16
