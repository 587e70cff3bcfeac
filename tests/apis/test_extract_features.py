from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from mmaction.registry import MODELS
from mmengine.config import Config
from mmengine.dataset import pseudo_collate
from mmengine.registry import DATASETS, init_default_scope
from torch import nn

# The suite imports by importlib, which leaves the folders of the fixture factories off the path.
sys.path.append(str(Path(__file__).parents[1] / 'datasets'))

from prepared_set import VIDEOS as ALL_VIDEOS
from prepared_set import write_prepared
from streaming_networks import BACKBONES

from mmaction_mespot.apis.extract_features import extract_features
from mmaction_mespot.datasets.feature_store import FeatureReader
from mmaction_mespot.errors import MESpotError

VIDEOS = {name: ALL_VIDEOS[name] for name in ('s02_0101', 's03_0101')}
WINDOWS = dict(type='LongVideoDataset', clip_len=64, stride=32, target_fps=30, test_mode=True)
LOAD = dict(
    lite=dict(type='LoadStreams', streams=dict(flow='flow_grid')),
    slim=dict(type='LoadStreams', streams=dict(rgb='rgb', flow='flow')),
)


def config(name: str, root: Path) -> Config:
    init_default_scope('mmaction')
    backbone, channels = BACKBONES[name]
    model = dict(
        type='MESpotter',
        backbone=backbone,
        neck=dict(type='BiFPN3D', in_channels=channels, out_channels=8, num_repeats=1),
        head=dict(type='CRNHead', in_channels=8, channels=8, score_floor=0.01),
    )
    pipeline = [LOAD[name], dict(type='PackSpottingInputs')]
    dataset = dict(WINDOWS, data_root=str(root), pipeline=pipeline)
    return Config(dict(model=model, test_dataloader=dict(dataset=dataset)))


def save_weights(cfg: Config, path: Path) -> nn.Module:
    torch.manual_seed(0)
    model = MODELS.build(cfg.model)
    for layer in model.modules():
        if isinstance(layer, nn.BatchNorm3d):
            nn.init.normal_(layer.running_mean, std=0.1)
        elif isinstance(layer, nn.Conv1d):
            nn.init.normal_(layer.weight, std=0.5)
    torch.save(dict(state_dict=model.state_dict()), path)
    return model.eval()


def predict(model: nn.Module, dataset: dict) -> list[Any]:
    windows = DATASETS.build(dataset)
    with torch.no_grad():
        return [model.test_step(pseudo_collate([windows[i]]))[0] for i in range(len(windows))]


@pytest.fixture(scope='module')
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_prepared(tmp_path_factory.mktemp('extract') / 'set', videos=VIDEOS)


@pytest.mark.parametrize(('name', 'context'), [('lite', 8), ('slim', 32)])
def test_the_same_intervals_as_from_end_to_end(name: str, context: int, root: Path, tmp_path: Path) -> None:
    cfg = config(name, root)
    whole = save_weights(cfg, tmp_path / 'w.pth')
    extract_features(cfg, tmp_path / 'w.pth', root, tmp_path / 'features')

    dataset = dict(cfg.test_dataloader.dataset, context=context, align=8, split='val')
    whole.context = context
    expected = predict(whole, dataset)

    frozen = MODELS.build({**{k: cfg.model[k] for k in ('neck', 'head')}, 'type': 'MESpotFeature'})
    state = {key: value for key, value in whole.state_dict().items() if not key.startswith('backbone.')}
    frozen.load_state_dict(state)
    load = dict(type='LoadFeatures', folder=str(tmp_path / 'features'))
    del dataset['context']
    found = predict(frozen.eval(), dict(dataset, pipeline=[load, dict(type='PackFeatureInputs')]))

    assert len(found) == len(expected) == 3
    for one, other in zip(found, expected, strict=True):
        assert one.metainfo['window_start'] == other.metainfo['window_start']
        a, b = one.pred_instances, other.pred_instances
        assert len(a.scores) == len(b.scores) > 50
        torch.testing.assert_close(a.scores, b.scores, rtol=1e-4, atol=1e-5)
        best = slice(0, 5)
        torch.testing.assert_close(a.segments[best], b.segments[best], rtol=0, atol=1e-2)


def test_streams_grid_and_time_stamps(root: Path, tmp_path: Path) -> None:
    cfg = config('slim', root)
    save_weights(cfg, tmp_path / 'w.pth')
    native, pooled = tmp_path / 'native', tmp_path / 'pooled'
    extract_features(cfg, tmp_path / 'w.pth', root, native, chunk_len=64)
    extract_features(cfg, tmp_path / 'w.pth', root, pooled, grid=1, half=True)
    full, small = (FeatureReader(folder / 's02_0101.h5') for folder in (native, pooled))
    assert full.streams == small.streams == ['flow', 'rgb']
    assert (full.attrs['grid'], small.attrs['grid'], small.attrs['context']) == ('native', 1, 32)
    for one, other in zip(full.read('rgb'), small.read('rgb'), strict=True):
        assert other.shape[2:] == (1, 1)
        np.testing.assert_allclose(other[:, :, 0, 0], one.mean(axis=(2, 3)), rtol=2e-3, atol=2e-3)
    # 240 frames of 60 per second, read at 30: the last position of stride 2 is centred on position 119
    assert small.times('rgb', 0)[-1] == pytest.approx(119 / 30)
    # shorter than a window: it is filled up
    assert FeatureReader(native / 's03_0101.h5').attrs['positions'] == 96


def test_a_second_run_goes_on(root: Path, tmp_path: Path) -> None:
    cfg = config('lite', root)
    save_weights(cfg, tmp_path / 'w.pth')
    out = tmp_path / 'features'
    assert extract_features(cfg, tmp_path / 'w.pth', root, out) == dict(done=2, kept=0)
    (out / 's03_0101.h5').unlink()
    before = (out / 's02_0101.h5').stat().st_mtime_ns
    assert extract_features(cfg, tmp_path / 'w.pth', root, out) == dict(done=1, kept=1)
    assert (out / 's02_0101.h5').stat().st_mtime_ns == before
    assert extract_features(cfg, tmp_path / 'w.pth', root, out, grid=1) == dict(done=2, kept=0)


def test_a_damaged_video_does_not_stop_the_others(tmp_path: Path) -> None:
    root = write_prepared(tmp_path / 'set', streams=('flow_grid',), videos=VIDEOS)
    (root / 'flow_grid' / 's03_0101.h5').write_text('damaged')
    cfg = config('lite', root)
    save_weights(cfg, tmp_path / 'w.pth')
    with pytest.raises(MESpotError, match=r'1 of 2 videos failed .* s03_0101: .*damaged'):
        extract_features(cfg, tmp_path / 'w.pth', root, tmp_path / 'out')
    assert len(list((tmp_path / 'out').glob('*.h5'))) == 1


def test_weights_of_a_recogniser_fill_every_stream(root: Path, tmp_path: Path) -> None:
    cfg = config('slim', root)
    rgb = save_weights(cfg, tmp_path / 'w.pth').backbone.streams['rgb'].state_dict()
    recogniser = {f'backbone.{key}': value for key, value in rgb.items()}
    torch.save(dict(state_dict={**recogniser, 'cls_head.fc.weight': torch.zeros(1)}), tmp_path / 'zoo.pth')
    extract_features(cfg, tmp_path / 'w.pth', root, tmp_path / 'own', grid=1)
    extract_features(cfg, tmp_path / 'zoo.pth', root, tmp_path / 'zoo', grid=1)
    own, zoo = (FeatureReader(tmp_path / name / 's03_0101.h5') for name in ('own', 'zoo'))
    np.testing.assert_allclose(own.read('rgb')[2], zoo.read('rgb')[2], rtol=1e-5)
    assert np.abs(own.read('flow')[2] - zoo.read('flow')[2]).max() > 1e-3


def test_what_cannot_be_extracted(root: Path, tmp_path: Path) -> None:
    cfg = config('lite', root)
    with pytest.raises(MESpotError, match='at least one cell per side, found 0'):
        extract_features(cfg, tmp_path / 'w.pth', root, tmp_path, grid=0)
    with pytest.raises(MESpotError, match=r'checkpoint not found: .*w\.pth'):
        extract_features(cfg, tmp_path / 'w.pth', root, tmp_path)
    save_weights(cfg, tmp_path / 'w.pth')
    del cfg.model['backbone']
    with pytest.raises(MESpotError, match='the model MESpotter has no backbone'):
        extract_features(cfg, tmp_path / 'w.pth', root, tmp_path)
