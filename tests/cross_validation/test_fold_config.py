from __future__ import annotations

from pathlib import Path

import pytest
from mmengine.config import Config

from mmaction_mespot.cross_validation.fold_config import (
    annotation_file,
    has_training,
    make_fold_config,
    write_fold_config,
)
from mmaction_mespot.cross_validation.fold_plan import Fold
from mmaction_mespot.errors import MESpotError

CONFIGS = Path(__file__).parents[2] / 'configs'
FOLD = Fold('006', ('006',), ('007', '011'), ('012',))


def people(cfg: Config) -> dict[str, list[str]]:
    return {p: cfg[f'{p}_dataloader'].dataset.include_subjects for p in ('train', 'val', 'test')}


@pytest.mark.parametrize('name', ['casme2', 'samm', 'casme3', 'synthetic', 'lite_synthetic_quick'])
def test_people_reach_the_data_sets_of_each_config(name: str, tmp_path: Path) -> None:
    cfg = Config.fromfile(CONFIGS / f'mespot_{name}.py')
    before = cfg.pretty_text
    folder = tmp_path / '006'
    made = make_fold_config(cfg, FOLD, folder)
    assert people(made) == {'train': ['012'], 'val': ['007', '011'], 'test': ['006']}
    paths = set()
    for part in ('train', 'val', 'test'):
        dataset = made[f'{part}_dataloader'].dataset
        assert not {'split', 'fold', 'exclude_subjects'} & set(dataset)
        assert dataset.get('test_mode', False) == (part != 'train')
        paths.add(dataset.data_root)
    assert paths == {str(Path(annotation_file(cfg)).parent)}
    assert made.test_evaluator.dump_path == str(folder / 'dump.json') and made.work_dir == str(folder)
    assert cfg.pretty_text == before
    # As a file of its own it says the same: names such as 006 stay text, nothing depends on the environment.
    again = Config.fromfile(write_fold_config(made, folder))
    assert again.to_dict() == made.to_dict()
    assert 'fold' not in again and 'windows' not in again


def test_wrappers_stay_and_other_data_sets_of_the_test_go(tmp_path: Path) -> None:
    cfg = Config.fromfile(CONFIGS / 'mespot_lite_synthetic.py')
    cfg.train_dataloader.dataset = dict(type='RepeatDataset', times=3, dataset=cfg.train_dataloader.dataset)
    made = make_fold_config(cfg, FOLD, tmp_path)
    assert made.train_dataloader.dataset.times == 3
    assert made.train_dataloader.dataset.dataset.include_subjects == ['012']
    assert made.test_dataloader.dataset.type == 'LongVideoDataset'


def test_a_begun_folder_must_say_the_same(tmp_path: Path) -> None:
    cfg = Config.fromfile(CONFIGS / 'mespot_lite_synthetic.py')
    path = write_fold_config(make_fold_config(cfg, FOLD, tmp_path), tmp_path)
    stamp = path.stat().st_mtime_ns
    write_fold_config(make_fold_config(cfg, FOLD, tmp_path), tmp_path)
    assert path.stat().st_mtime_ns == stamp
    cfg.optim_wrapper.optimizer.lr = 0.5
    with pytest.raises(MESpotError, match=r'fold\.py, line \d+: begun with other settings: .*0\.5'):
        write_fold_config(make_fold_config(cfg, FOLD, tmp_path), tmp_path)


def test_a_config_without_training(tmp_path: Path) -> None:
    cfg = Config.fromfile(CONFIGS / 'mespot_lite_synthetic_quick.py')
    for name in ('train_cfg', 'train_dataloader', 'optim_wrapper'):
        cfg.pop(name)
    assert not has_training(cfg)
    assert annotation_file(cfg).endswith('normal/annotations.json')
    made = make_fold_config(cfg, Fold('a', ('a',), ('b', 'c'), ()), tmp_path)
    assert made.val_dataloader.dataset.include_subjects == ['b', 'c']


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (dict(test_evaluator=dict(tune_thresholds=True)), 'would choose thresholds on the held-out people'),
        (dict(test_evaluator=dict(type='AccMetric')), 'test_evaluator has no SpottingF1Metric'),
        (
            dict(val_dataloader=dict(dataset=dict(data_root='other'))),
            'val_dataloader has no prepared data set with',
        ),
        (dict(val_dataloader=None), 'has no val_dataloader'),
        (
            dict(train_dataloader=dict(dataset=dict(type='VideoDataset'))),
            r'0 prepared data sets .*\(none\), expected one',
        ),
    ],
)
def test_configs_that_do_not_fit(change: dict, message: str, tmp_path: Path) -> None:
    cfg = Config.fromfile(CONFIGS / 'mespot_lite_synthetic.py')
    for key, value in change.items():
        cfg.merge_from_dict({key: value}) if value is not None else cfg.pop(key)
    with pytest.raises(MESpotError, match=message):
        make_fold_config(cfg, FOLD, tmp_path)


def test_training_on_people_of_two_data_sets_is_refused(tmp_path: Path) -> None:
    cfg = Config.fromfile(CONFIGS / 'mespot_lite_synthetic.py')
    own = cfg.train_dataloader.dataset
    cfg.train_dataloader.dataset = dict(type='ConcatDataset', datasets=[own, {**own, 'data_root': 'hard'}])
    with pytest.raises(
        MESpotError, match=r'2 prepared data sets .* a person of another one could be the held-out person'
    ):
        make_fold_config(cfg, FOLD, tmp_path)
