"""Every config below ``configs/`` trains a step, tests, and loads what it saved; a new one is found too."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.runner import Runner
from tiny_config import TINY_VIDEOS, tiny_config

from mmaction_mespot.evaluation.functional.dump import Dump, save_dump
from mmaction_mespot.evaluation.functional.video_result import VideoResult
from mmaction_mespot.intervals.detections import Detections

CONFIGS = Path(__file__).parents[2] / 'configs'
LEAVES = sorted(path for path in CONFIGS.rglob('*.py') if '_base_' not in path.parts)


@pytest.fixture(autouse=True)
def unformatted_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """The formatting of configs for logs and checkpoints would take most of the time."""
    monkeypatch.setattr(Config, 'pretty_text', '# not formatted')


@pytest.fixture(autouse=True)
def spotter_dumps(tiny_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a flow spotter found on the same videos, for the late fusion: the first ten frames of each."""
    found = Detections(np.array([[0, 10]]), np.array([0.5]), np.array([1]))
    videos = [
        VideoResult(key, subject, 'normal', fps, total, np.zeros((0, 2)), np.zeros(0), found)
        for key, (subject, total, fps, _) in TINY_VIDEOS.items()
    ]
    metainfo = dict(classes=['MaE', 'ME'], thresholds=None, top_threshold=0.5, threshold_source='given')
    metainfo |= dict(iou_threshold=0.5, post_processing={})
    for part in ('val', 'test', 'flow'):
        save_dump(Dump(metainfo, videos), tmp_path / f'{part}.json')
    monkeypatch.setenv('MESPOT_SPOTTER', str(tmp_path))


def name(path: Path) -> str:
    return str(path.relative_to(CONFIGS).with_suffix(''))


@pytest.mark.parametrize('path', LEAVES, ids=name)
def test_config(path: Path, tiny_data: Path, tmp_path: Path) -> None:
    cfg = tiny_config(path, tmp_path / 'train')
    checkpoint = tmp_path / 'weights.pth'
    runner = Runner.from_cfg(cfg)
    if cfg.get('train_cfg') is None:
        runner._init_model_weights()
    else:
        before = [weight.detach().clone() for weight in runner.model.parameters()]
        runner.train()
        assert math.isfinite(runner.message_hub.get_scalar('train/loss').current())
        after = list(runner.model.parameters())
        assert not all(torch.equal(*pair) for pair in zip(before, after, strict=True))
    weights = {key: value.clone() for key, value in runner.model.state_dict().items()}
    torch.save({'state_dict': weights, 'meta': {}}, checkpoint)

    cfg = tiny_config(path, tmp_path / 'test')
    cfg.load_from = str(checkpoint)
    runner = Runner.from_cfg(cfg)
    runner.test()
    loaded = runner.model.state_dict()
    assert loaded.keys() == weights.keys()
    for key, value in weights.items():
        torch.testing.assert_close(loaded[key], value, rtol=0, atol=0, equal_nan=True, msg=key)
