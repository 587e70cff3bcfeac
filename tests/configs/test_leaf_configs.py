from __future__ import annotations

from pathlib import Path

import pytest
from mmengine.config import Config
from mmengine.registry import DATASETS, MODELS

from mmaction_mespot.models.backbones.temporal_context import probe_context

CONFIGS = Path(__file__).parents[2] / 'configs'
# Windows of the fixture by split (`train` where none are drawn); `test_every_config` runs every config.
LENGTHS = {
    'mespot_casme2.py': dict(train=1, val=4 + 3, test=3),
    'mespot_casme3.py': dict(train=1, val=4 + 3, test=3),
    'mespot_samm.py': dict(train=1, val=1 + 1, test=1),
    'mespot_lite_synthetic.py': dict(val=1, test=3),
    'mespot_lite_synthetic_quick.py': dict(val=1, test=1),
    'mespot_synthetic.py': dict(val=1, test=3),
}


@pytest.fixture
def data(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand for the three parts of the benchmark, and for CAS(ME)^2."""
    for part in ('normal', 'hard', 'shift'):
        (tmp_path / part).symlink_to(prepared)
    for name in ('annotations.json', 'rgb', 'flow'):
        (tmp_path / name).symlink_to(prepared / name)
    monkeypatch.setenv('MESPOT_DATA', str(tmp_path))
    monkeypatch.setenv('MESPOT_FOLD', 's02')
    return tmp_path


@pytest.mark.parametrize('leaf', sorted(LENGTHS))
def test_leaf_builds_model_and_data(data: Path, leaf: str) -> None:
    cfg = Config.fromfile(CONFIGS / leaf)
    model = MODELS.build(cfg.model)
    assert model.head.num_classes == 2
    lengths = {}
    for part in ('train', 'val', 'test'):
        dataset = DATASETS.build(cfg[f'{part}_dataloader'].dataset)
        lengths[part] = len(dataset)
        if 'synthetic' in leaf:  # the others' crop of 192 px does not fit the made-up faces of 16 px
            sample = dataset[0]
            lite = leaf != 'mespot_synthetic.py'
            size = 12 if lite else 64
            length = (128 if part == 'train' else 128 + 2 * 8) if lite else 64
            assert sample['inputs']['flow'].shape == (2, length, size, size)
            assert sample['data_samples'].part == 'normal'
    drawn = cfg.train_dataloader.dataset.get('windows_per_epoch')
    assert lengths == {'train': drawn, **LENGTHS[leaf]}


@pytest.mark.parametrize(('name', 'fold'), [('casme2', 's15'), ('samm', '006'), ('casme3', 'spNO.1')])
def test_papers_settings(name: str, fold: str, monkeypatch: pytest.MonkeyPatch) -> None:
    leaf = CONFIGS / f'mespot_{name}.py'
    assert Config.fromfile(leaf).test_dataloader.dataset.fold == fold
    monkeypatch.setenv('MESPOT_FOLD', 's20')
    cfg = Config.fromfile(leaf)
    assert cfg.optim_wrapper.optimizer == dict(type='Adam', lr=1e-4)
    assert cfg.train_dataloader.batch_size * cfg.optim_wrapper.accumulative_counts == 32
    assert cfg.train_cfg.max_epochs == 30
    assert cfg.test_evaluator.iou_threshold == 0.5
    assert 'tune_thresholds' not in cfg.test_evaluator
    assert {cfg[f'{part}_dataloader'].dataset.fold for part in ('train', 'val', 'test')} == {'s20'}
    assert cfg.work_dir.endswith(f'mespot_{name}/s20')
    assert cfg.train_dataloader.dataset.data_root == f'data/{name}'


@pytest.mark.parametrize(
    ('name', 'interval'), [('casme2', 1), ('samm', 7), ('casme3', 1), ('smic', 2), ('fourdme', 2)]
)
def test_frames_between_positions(data: Path, name: str, interval: float) -> None:
    """s02 has 60 frames per second, an ME at [120, 144) and a MaE at [20, 100)."""
    cfg = Config.fromfile(CONFIGS / '_base_' / 'datasets' / f'{name}.py')
    window = DATASETS.build(cfg.test_dataloader.dataset).get_data_info(0)
    assert window['frame_interval'] == interval
    assert window['frame_inds'][:2].tolist() == [interval // 2, interval + interval // 2]
    # Instants of the window for the network, the video's own frames for the results.
    assert window['gt_segments'][0].tolist() == pytest.approx([20 / interval, 100 / interval])
    assert window['video_segments'].tolist() == [[20, 100], [120, 144]]


LITE = (
    'mespot_lite_synthetic.py',
    'mespot_lite_synthetic_quick.py',
    'mespot_lite_synthetic_fusion.py',
    'ablations/lite_fpn.py',
    'zoo/panet_synthme.py',
    'zoo/lgsnet_casme2.py',
)


@pytest.mark.parametrize('leaf', LITE)
def test_lite_networks_are_tested_as_they_spot(leaf: str) -> None:
    """Spotting takes the context that the backbone needs, on the grid of its coarsest level."""
    cfg = Config.fromfile(CONFIGS / leaf)
    needed = probe_context(MODELS.build(cfg.model.backbone), dict(flow=cfg.model.backbone.grid_size))
    test = cfg.test_dataloader.dataset
    for dataset in (cfg.val_dataloader.dataset, *test.get('datasets', [test])):
        assert (dataset.context, dataset.align) == (needed.context, needed.align) == (8, 8)


def test_quick_schedule_ends_with_its_epochs() -> None:
    for leaf in ('mespot_lite_synthetic.py', 'mespot_lite_synthetic_quick.py', 'mespot_synthetic.py'):
        cfg = Config.fromfile(CONFIGS / leaf)
        assert cfg.param_scheduler[-1].end == cfg.train_cfg.max_epochs
