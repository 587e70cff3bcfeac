"""The config of one fold: the given one, with the fold's people in its data sets."""

from __future__ import annotations

import copy
import inspect
import os
from collections.abc import Iterator
from pathlib import Path

from mmaction.registry import DATASETS
from mmengine.config import Config, ConfigDict

from mmaction_mespot.atomic_file import write_whole
from mmaction_mespot.cross_validation.fold_plan import Fold
from mmaction_mespot.errors import MESpotError

METRIC = 'SpottingF1Metric'
DUMP_FILE = 'dump.json'

# In a folder of its own: MMEngine writes the config of a run, under its name, into the work folder.
CONFIG_FILE = 'config/fold.py'
PEOPLE_KEYS = ('split', 'fold', 'include_subjects', 'exclude_subjects')

# Names of our base configs that only carry people into data sets; in a fold's file they would mislead.
_SPENT_NAMES = ('fold', 'windows', 'sliding')


def has_training(cfg: Config) -> bool:
    """Whether a config trains anything."""
    return cfg.get('train_cfg') is not None


def annotation_file(cfg: Config) -> str:
    """The annotation file whose people are the folds: that of the training, or of the validation without one.

    Raises:
        MESpotError: If the config has no such data set, or people of several data sets are trained on.
    """
    part = 'train' if has_training(cfg) else 'val'
    loader = cfg.get(f'{part}_dataloader')
    found = {_path(dataset) for dataset in _datasets(loader.dataset)} if loader is not None else set()
    if len(found) != 1:
        raise MESpotError(
            f'{cfg.filename}: {part}_dataloader has {len(found)} prepared data sets '
            f'({", ".join(sorted(found)) or "none"}), expected one: a person of another one could be the '
            'held-out person'
        )
    return found.pop()


def make_fold_config(cfg: Config, fold: Fold, folder: Path) -> Config:
    """Write a fold's people into a config.

    ``split``, ``fold`` and the lists of people of all data sets are replaced. Of several data sets of the
    test only those with the folds' annotation file stay.

    Args:
        cfg: The config, with the command line's options; it stays as it is.
        fold: The people.
        folder: Work folder of the fold; the test's detections go into its ``dump.json``.

    Returns:
        The fold's config.

    Raises:
        MESpotError: If a part has no data set or metric that this can be done with, or the test would choose
            its thresholds on the held-out people.
    """
    path = annotation_file(cfg)
    made = copy.deepcopy(cfg)
    parts = {'val': fold.val, 'test': fold.test}
    if has_training(cfg):
        parts['train'] = fold.train
    for part, people in parts.items():
        loader = made.get(f'{part}_dataloader')
        if loader is None:
            raise MESpotError(f'{cfg.filename} has no {part}_dataloader, a fold needs one')
        dataset = _with_people(loader.dataset, path, people)
        if dataset is None:
            raise MESpotError(f'{cfg.filename}: {part}_dataloader has no prepared data set with {path}')
        loader.dataset = dataset
    _metric(made, 'val')
    metric = _metric(made, 'test')
    if metric.get('tune_thresholds'):
        raise MESpotError(
            f'{cfg.filename}: test_evaluator.tune_thresholds would choose thresholds on the held-out people'
        )
    metric.dump_path = str(folder / DUMP_FILE)
    for name in _SPENT_NAMES:
        made.pop(name, None)
    made.work_dir = str(folder)
    return made


def write_fold_config(cfg: Config, folder: Path) -> Path:
    """Write a fold's config into its folder, or check that the one there says the same.

    Args:
        cfg: What `make_fold_config` gave.
        folder: The fold's folder, made if needed.

    Returns:
        Path of the file.

    Raises:
        MESpotError: If the folder was begun with other settings.
    """
    path, text = folder / CONFIG_FILE, cfg.pretty_text
    if path.is_file():
        pairs = zip(path.read_text(encoding='utf-8').splitlines(), text.splitlines(), strict=False)
        for number, (old, new) in enumerate(pairs, start=1):
            if old != new:
                raise MESpotError(
                    f'{path}, line {number}: begun with other settings: found {old.strip()!r}, expected '
                    f'{new.strip()!r}; name another --work-dir'
                )
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, text)
    return path


def _datasets(dataset: ConfigDict) -> Iterator[ConfigDict]:
    """The prepared data sets in a data set and its wrappers."""
    if _selects_people(dataset.get('type')):
        yield dataset
    elif 'datasets' in dataset:
        for inner in dataset.datasets:
            yield from _datasets(inner)
    elif 'dataset' in dataset:
        yield from _datasets(dataset.dataset)


def _selects_people(kind: str | type) -> bool:
    """Whether a type of data set takes ``include_subjects``."""
    found = DATASETS.get(kind) if isinstance(kind, str) else kind
    bases = () if found is None else inspect.getmro(found)
    return any('include_subjects' in inspect.signature(base).parameters for base in bases[:-1])


def _path(dataset: ConfigDict) -> str:
    """Annotation file of a data set."""
    return os.path.join(dataset.get('data_root', ''), dataset.get('ann_file', 'annotations.json'))


def _with_people(dataset: ConfigDict, path: str, people: tuple[str, ...]) -> ConfigDict | None:
    """A data set with the people of the fold; None if it reads another annotation file."""
    if _selects_people(dataset.get('type')):
        kept = {key: value for key, value in dataset.items() if key not in PEOPLE_KEYS}
        return ConfigDict(**kept, include_subjects=list(people)) if _path(dataset) == path else None
    if 'datasets' in dataset:
        inner = [found for one in dataset.datasets if (found := _with_people(one, path, people))]
        if len(inner) > 1:
            return ConfigDict({**dataset, 'datasets': inner})
        return inner[0] if inner else None
    if 'dataset' in dataset:
        one = _with_people(dataset.dataset, path, people)
        return ConfigDict({**dataset, 'dataset': one}) if one else None
    return None


def _metric(cfg: Config, part: str) -> ConfigDict:
    """The metric of a part that gives thresholds and detections."""
    given = cfg.get(f'{part}_evaluator') or []
    for metric in given if isinstance(given, list | tuple) else [given]:
        if metric.get('type') == METRIC:
            return metric
    raise MESpotError(f'{cfg.filename}: {part}_evaluator has no {METRIC}, a fold needs one')
