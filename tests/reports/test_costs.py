from __future__ import annotations

from pathlib import Path

import pytest
import torch
from mmaction.registry import MODELS
from mmengine.config import Config
from mmengine.registry import init_default_scope
from prepared_set import write_prepared

from mmaction_mespot.errors import MESpotError
from mmaction_mespot.reports.costs import (
    Training,
    estimate_training,
    measure_cost,
    read_costs,
    training_table,
)

CONFIGS = Path(__file__).parents[2] / 'configs'


@pytest.fixture(scope='module')
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp('zoo') / 'data'
    write_prepared(root / 'normal', streams=('flow_roi',))
    return root


def test_an_estimate_counts_all_steps(prepared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('MESPOT_DATA', str(prepared))
    found = estimate_training(CONFIGS / 'zoo' / 'abpn_synthme.py', measured=1)
    assert found is not None and found.seconds_per_step > 0
    assert found.steps == 20 * 640 // 16
    assert found.minutes == pytest.approx(found.steps * found.seconds_per_step / 60)
    assert estimate_training(CONFIGS / 'zoo' / 'of_fd_synthme.py') is None
    rows = training_table({'abpn': Training(1000, 800, 0.3), 'of_fd': None}).splitlines()[2:]
    assert rows == ['| abpn | 1,000 | 800 | 0.30 | 4 |', '| all, one seed |  |  |  | 4 |']


def test_what_a_method_takes(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('MESPOT_DATA', str(prepared))
    spotter = measure_cost(CONFIGS / 'zoo' / 'of_fd_synthme.py', None, videos=1)
    assert (spotter.parameters, spotter.gmacs_per_s) == (0, 0.0)
    assert spotter.frames_per_cpu_s > 0 and spotter.peak_mib > 50
    config = CONFIGS / 'zoo' / 'abpn_synthme.py'
    init_default_scope('mmaction')
    model = MODELS.build(Config.fromfile(config).model)
    torch.save({'state_dict': model.state_dict()}, tmp_path / 'final.pth')
    network = measure_cost(config, tmp_path / 'final.pth', videos=1)
    assert network.parameters == sum(weight.numel() for weight in model.parameters())
    # A video of 4 s at 30 positions per second, in one window of 256: four convolutions.
    macs = 256 * (24 * 64 + 3 * 64 * 64 + 3 * 64 * 64 + 3 * 64 * 10)
    assert network.gmacs_per_s == pytest.approx(macs / 1e9 / 4, rel=0.01)


def test_a_file_that_is_no_cost_is_named(tmp_path: Path) -> None:
    path = tmp_path / 'a' / 'seed0' / 'cost.json'
    path.parent.mkdir(parents=True)
    path.write_text('{"parameters": 3}')
    with pytest.raises(MESpotError, match=r"cost\.json: .* found \['parameters'\]"):
        read_costs(tmp_path)
