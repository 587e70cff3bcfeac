from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from mmaction.registry import MODELS
from mmaction.structures import ActionDataSample
from mmengine.config import Config
from mmengine.registry import init_default_scope

from mmaction_mespot.checkpoints import shipped_model
from mmaction_mespot.checkpoints.shipped_model import SHIPPED
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.detections import ME, Detections
from mmaction_mespot.intervals.postprocess import (
    PostProcessing,
    WindowCandidates,
    apply_thresholds,
    merge_windows,
)
from mmaction_mespot.preprocessing.preparation_settings import PreparationSettings

ROOT = Path(__file__).parents[2]


def made_up_window() -> torch.Tensor:
    """Flow (1, 2, 128, 12, 12): noise, a slow movement of the mouth, a quick one of the brows (90-103)."""
    instants = np.arange(128) + 0.5
    flow = np.random.default_rng(0).normal(0, 0.03, (2, 128, 12, 12)).astype(np.float32)
    for start, end, height, rows, columns in (
        (20, 56, 2.5, slice(8, 11), slice(3, 9)),
        (90, 103, 1.2, slice(1, 4), slice(2, 10)),
    ):
        before, after = (
            np.clip(np.minimum(at - start, end - at) / (0.35 * (end - start)), 0, 1)
            for at in (instants - 2, instants + 2)
        )
        flow[1][:, rows, columns] -= height * (after - before)[:, None, None].astype(np.float32)
    return torch.from_numpy(flow[None])


def test_lite_gives_the_recorded_detections() -> None:
    init_default_scope('mmaction')
    shipped = shipped_model('lite')
    cfg = Config.fromfile(shipped.config_path)
    model = MODELS.build(cfg.model).eval()
    model.load_state_dict(torch.load(shipped.checkpoint_path, weights_only=True)['state_dict'])
    sample = ActionDataSample()
    sample.set_metainfo(dict(window_start=0, frame_interval=1.0, total_frames=128, fps=30.0))
    with torch.no_grad():
        (out,) = model(dict(flow=made_up_window()), [sample], 'predict')
    assert out.score_thresholds == pytest.approx([0.6621, 0.5289], abs=1e-4)
    found = out.pred_instances
    assert found.labels[:3].tolist() == [1, 1, 0]
    np.testing.assert_allclose(found.scores[:3], [0.7590, 0.6731, 0.5554], atol=1e-3)
    np.testing.assert_allclose(found.segments[:3], [[89.1, 104.2], [88.3, 103.9], [16.5, 68.7]], atol=0.1)

    candidates = Detections(*(found[key].numpy() for key in ('segments', 'scores', 'labels')))
    settings = PostProcessing.from_dict(cfg.test_evaluator.post_processing)
    merged = merge_windows([WindowCandidates(candidates, 0, 128)], 30.0, 128, settings)
    kept = apply_thresholds(merged, out.score_thresholds)
    assert kept.labels.tolist() == [ME]


def test_config_says_how_the_training_ran() -> None:
    cfg = Config.fromfile(shipped_model('lite').config_path)
    trained = Config.fromfile(ROOT / 'configs' / 'mespot_lite_synthetic.py')
    assert cfg.model == trained.model
    windows = cfg.test_dataloader.dataset
    for sliding in (trained.val_dataloader.dataset, *trained.test_dataloader.dataset.datasets):
        for key in ('clip_len', 'stride', 'target_fps', 'context', 'align'):
            assert windows[key] == sliding[key], key
    assert windows.pipeline[0].streams == trained.load.streams
    assert PostProcessing.from_dict(cfg.test_evaluator.post_processing) == PostProcessing()
    settings = PreparationSettings(**cfg.preparation)
    assert settings.streams == ('flow_grid',)
    assert settings.gap(30.0) == 4


def test_file_is_small_and_the_one_of_the_card() -> None:
    path = shipped_model('lite').checkpoint_path
    content = path.read_bytes()
    card = path.with_suffix('.md').read_text(encoding='utf-8')
    assert len(content) < 2_000_000
    assert set(torch.load(path, weights_only=True)) == {'state_dict'}
    assert re.findall(r'[0-9a-f]{64}', card) == [hashlib.sha256(content).hexdigest()]
    assert f'{len(content):,} bytes' in card
    assert 'synthetic faces only' in card


def test_unknown_model_is_named() -> None:
    with pytest.raises(MESpotError, match=r"no model 'big' ships .* expected one of \['lite'\]"):
        shipped_model('big')


def test_missing_file_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SHIPPED, 'lite', 'nowhere')
    with pytest.raises(MESpotError, match=r'nowhere\.py: missing from the installation'):
        shipped_model('lite')


def test_wheel_holds_config_weights_and_card(tmp_path: Path) -> None:
    """Build from a copy of what packaging reads, so that the checkout stays as it is."""
    for name in ('configs', 'tools'):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns('__pycache__'))
    for name in ('setup.py', 'pyproject.toml', 'README.md', 'model-index.yml'):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    for path in ('mmaction_mespot', 'mmaction_mespot/checkpoints'):
        (tmp_path / path).mkdir()
    for name in ('__init__.py', 'version.py', *(f'checkpoints/{p.name}' for p in files_of_checkpoints())):
        (tmp_path / 'mmaction_mespot' / name).write_bytes((ROOT / 'mmaction_mespot' / name).read_bytes())
    command = [sys.executable, 'setup.py', '-q', 'bdist_wheel']
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    (wheel,) = (tmp_path / 'dist').glob('*.whl')
    names = set(zipfile.ZipFile(wheel).namelist())
    stem = 'mmaction_mespot/checkpoints/mespot_lite_synthme'
    assert {f'{stem}.py', f'{stem}.pth', f'{stem}.md'} <= names
    assert 'mmaction_mespot/checkpoints/movement_scorer.npz' in names
    shipped = {
        'model-index.yml',
        'configs/mespot_samm.py',
        'configs/_base_/default_runtime.py',
        'tools/spot.py',
    }
    assert {f'mmaction_mespot/.mim/{name}' for name in shipped} <= names


def files_of_checkpoints() -> list[Path]:
    return [path for path in (ROOT / 'mmaction_mespot' / 'checkpoints').iterdir() if path.is_file()]
