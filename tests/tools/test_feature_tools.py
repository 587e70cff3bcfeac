"""Features of the lite network, their ActivityNet form and the way back, through the command lines."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch
from mmaction.registry import MODELS
from mmengine.config import Config
from mmengine.registry import init_default_scope

from mmaction_mespot.apis.command_line import run_command
from mmaction_mespot.datasets.feature_store import FeatureReader

# The suite imports by importlib, which leaves the folder of the fixture factories off the path.
sys.path.append(str(Path(__file__).parents[1] / 'datasets'))

from prepared_set import VIDEOS, write_prepared

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / 'configs' / 'mespot_lite_synthetic.py'


def tool(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f'{name}_tool', ROOT / 'tools' / f'{name}.py')
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(monkeypatch: pytest.MonkeyPatch, name: str, *arguments: object) -> int:
    monkeypatch.setattr(sys, 'argv', [name, *map(str, arguments)])
    return run_command(tool(name).main)


def test_from_videos_to_csv_and_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    init_default_scope('mmaction')
    video = 's02_0101'
    data = write_prepared(tmp_path / 'set', streams=('flow_grid',), videos={video: VIDEOS[video]})
    torch.save(MODELS.build(Config.fromfile(CONFIG).model).state_dict(), tmp_path / 'w.pth')

    extract = ('extract_features', CONFIG, tmp_path / 'w.pth', '--data', data, '--out', data / 'features')
    assert run(monkeypatch, *extract, '--grid', 2, '--half') == 0
    assert 'features: 1 videos done, 0 kept from before' in capsys.readouterr().out
    reader = FeatureReader(data / 'features' / f'{video}.h5')
    # 240 frames of 60 per second: 120 positions at 30 per second, a window has 128
    assert [level.shape for level in reader.read('flow')] == [(64, 32, 2, 2), (32, 48, 2, 2), (16, 48, 2, 2)]
    assert run(monkeypatch, *extract, '--grid', 'many') == 2
    assert "--grid must be 'native' or a number of cells, found 'many'" in capsys.readouterr().err

    out = tmp_path / 'anet'
    export = ('export_activitynet', data, '--features', data / 'features', '--out', out)
    assert run(monkeypatch, *export, '--level', 1, '--clip-len', 64) == 0
    assert 'entries all 3, train 0, val 3, test 0' in capsys.readouterr().out
    names = list(json.loads((out / 'annotations_val.json').read_text()))
    rows = np.loadtxt(out / 'features' / f'{names[-1]}.csv', delimiter=',', skiprows=1)
    np.testing.assert_allclose(rows, reader.read('flow', 56, 64)[1].mean(axis=(2, 3)), atol=1e-5)

    back = tmp_path / 'back.json'
    assert run(monkeypatch, 'export_activitynet', out / 'annotations.json', '--back', '--out', back) == 0
    before = json.loads((data / 'annotations.json').read_text())
    assert json.loads(back.read_text())['data_list'] == before['data_list']
