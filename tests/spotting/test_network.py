from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import pytest
import torch
from mmaction.registry import MODELS
from mmengine.config import Config

from mmaction_mespot.checkpoints.shipped_model import shipped_model
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.spotting.network import NetworkOptions, load_network

CONFIGS = Path(__file__).parents[2] / 'configs'


@pytest.fixture
def lite() -> Config:
    return Config.fromfile(str(shipped_model('lite').config_path))


def test_windows_and_candidates_on_frames_that_come_one_by_one(lite: Config) -> None:
    model = load_network('lite', lite, shipped_model('lite').checkpoint_path, NetworkOptions())
    session = model.open_session(30.0, 4)
    rng = np.random.default_rng(0)
    windows = []
    for _ in range(200):
        flow = rng.normal(0, 0.05, (12, 12, 2)).astype(np.float32)
        windows += session.push({'flow_grid': flow, 'flow_roi': np.zeros((14, 2))})
    windows += session.finish()
    assert [window.start for window in windows] == [0, 64, 72]
    assert all(window.end == window.start + 128 for window in windows)


def test_a_network_trained_with_the_motion_of_the_head_sees_it(lite: Config) -> None:
    lite.test_dataloader.dataset.pipeline[0].remove_head_motion = False
    model = load_network('lite', lite, shipped_model('lite').checkpoint_path, NetworkOptions())
    still, nodding = model.open_session(30.0, 4), model.open_session(30.0, 4)
    rng = np.random.default_rng(0)
    found: tuple[list, list] = ([], [])
    for _ in range(128):
        flow = rng.normal(0, 0.05, (12, 12, 2)).astype(np.float32)
        head = rng.normal(0, 1, 2).astype(np.float32)
        found[0].extend(still.push({'flow_grid': flow + head, 'head_motion': np.zeros(2, np.float32)}))
        found[1].extend(nodding.push({'flow_grid': flow, 'head_motion': head}))
    for windows, session in zip(found, (still, nodding), strict=True):
        windows += session.finish()
    first, second = (windows[0].detections for windows in found)
    assert len(first)
    np.testing.assert_array_equal(first.scores, second.scores)


def test_a_checkpoint_without_thresholds_says_so(lite: Config, tmp_path: Path) -> None:
    network = MODELS.build(lite.model)
    torch.save({'state_dict': network.state_dict()}, tmp_path / 'new.pth')
    model = load_network('lite', lite, tmp_path / 'new.pth', NetworkOptions(thresholds={'MaE': 0.3}))
    assert model.thresholds == (0.3, 0.5)
    assert 'holds no score thresholds; 0.5 is taken' in model.notes[0]


def test_configs_that_cannot_run_on_a_video(lite: Config, tmp_path: Path) -> None:
    weights = shipped_model('lite').checkpoint_path
    fused, unloaded, strange = (copy.deepcopy(lite) for _ in range(3))
    fused.test_evaluator.post_processing.fusion = dict(weight=0.5)
    unloaded.test_dataloader.dataset.pipeline = [dict(type='PackSpottingInputs')]
    strange.preparation = dict(crop=112)
    for cfg, message in (
        (fused, 'fusion with a dump is for prepared data sets'),
        (unloaded, r"needs one LoadStreams, found \['PackSpottingInputs'\]"),
        (strange, r'mespot_lite_synthme\.py: preparation: .*crop'),
    ):
        with pytest.raises(MESpotError, match=message):
            load_network('c', cfg, weights, NetworkOptions())
    with pytest.raises(MESpotError, match='checkpoint not found'):
        load_network('lite', lite, tmp_path / 'nowhere.pth', NetworkOptions())


@pytest.mark.parametrize(
    ('config', 'crop_size', 'method'),
    [
        ('mespot_lite_synthetic', 112, 'tvl1-fast'),
        ('mespot_lite_synthetic_quick', 112, 'dis'),
        ('mespot_synthetic', 112, 'tvl1-fast'),
    ],
)
def test_the_configs_say_how_their_videos_were_prepared(
    config: str, crop_size: int, method: str, tmp_path: Path
) -> None:
    cfg = Config.fromfile(str(CONFIGS / f'{config}.py'))
    torch.save({'state_dict': MODELS.build(cfg.model).state_dict()}, tmp_path / 'w.pth')
    model = load_network(config, cfg, tmp_path / 'w.pth', NetworkOptions())
    assert (model.preparation.crop_size, model.preparation.flow_method) == (crop_size, method)
    # The slim network reads 15 positions per second; videos are aligned at 30 for it, as in its training.
    assert model.target_fps == 30
