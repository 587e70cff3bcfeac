import torch
from mmaction.registry import OPTIM_WRAPPERS
from torch import nn

from mmaction_mespot.engine.optimizers import CpuAmpOptimWrapper


def test_layers_compute_in_bfloat16_and_weights_stay_float32():
    model = nn.Linear(8, 2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    wrapper = OPTIM_WRAPPERS.build(
        dict(type='CpuAmpOptimWrapper', optimizer=optimizer, accumulative_counts=2)
    )
    assert isinstance(wrapper, CpuAmpOptimWrapper)
    wrapper.initialize_count_status(model, 0, 4)
    before = model.weight.detach().clone()
    changed = []
    for _ in range(4):
        with wrapper.optim_context(model):
            output = model(torch.ones(3, 8))
            assert output.dtype == torch.bfloat16
            loss = output.float().square().mean()
        wrapper.update_params(loss)
        changed.append(not torch.equal(model.weight, before))
    assert model.weight.dtype == torch.float32
    # gradients of two batches are accumulated
    assert changed == [False, True, True, True]


def test_nothing_is_cast_outside():
    model = nn.Linear(8, 2)
    wrapper = CpuAmpOptimWrapper(optimizer=torch.optim.SGD(model.parameters(), lr=0.1))
    with wrapper.optim_context(model):
        pass
    assert model(torch.ones(3, 8)).dtype == torch.float32
