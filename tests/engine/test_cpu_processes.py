import pytest
import torch
from mmengine.config import Config

from mmaction_mespot.engine import cpu_processes


@pytest.fixture
def joined(monkeypatch):
    """Backends of the groups that were joined."""
    backends = []
    monkeypatch.setattr(torch.distributed, 'is_initialized', lambda: bool(backends))
    monkeypatch.setattr(torch.distributed, 'init_process_group', backends.append)
    return backends


@pytest.mark.parametrize(
    ('launcher', 'gpu', 'expected'),
    [('pytorch', False, True), ('pytorch', True, False), ('none', False, False)],
)
def test_only_processes_without_a_gpu(monkeypatch, joined, launcher, gpu, expected):
    monkeypatch.setattr(torch.cuda, 'is_available', lambda: gpu)
    cfg = Config(dict(launcher=launcher, find_unused_parameters=True))
    assert cpu_processes.join_cpu_processes(cfg) is expected
    assert joined == (['gloo'] if expected else [])
    assert ('model_wrapper_cfg' in cfg) is expected
    if expected:
        assert cfg.model_wrapper_cfg.device_ids is None and cfg.model_wrapper_cfg.find_unused_parameters


def test_a_wrapper_of_the_config_and_a_group_stay(monkeypatch, joined):
    monkeypatch.setattr(torch.cuda, 'is_available', lambda: False)
    joined.append('mpi')
    cfg = Config(dict(launcher='pytorch', model_wrapper_cfg=dict(type='Mine')))
    assert cpu_processes.join_cpu_processes(cfg)
    assert joined == ['mpi'] and cfg.model_wrapper_cfg == dict(type='Mine')
