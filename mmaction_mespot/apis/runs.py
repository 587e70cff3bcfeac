"""What ``tools/train.py`` and ``tools/test.py`` call."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mmaction.registry import RUNNERS
from mmengine.config import Config
from mmengine.runner import Runner

from mmaction_mespot.apis.config_faults import config_faults
from mmaction_mespot.apis.runner_arguments import config_for_test, config_for_train, has_thresholds
from mmaction_mespot.apis.runner_checks import (
    build_loop,
    check_checkpoint_exists,
    check_checkpoint_fits,
    resume_path,
)
from mmaction_mespot.atomic_file import naming
from mmaction_mespot.engine.compile_parts import bare_model, compile_parts
from mmaction_mespot.engine.cpu_processes import join_cpu_processes
from mmaction_mespot.engine.hooks.threshold_hook import BUFFER
from mmaction_mespot.errors import MESpotError


def run_training(arguments: Sequence[str] | None = None) -> None:
    """Train a model: ``tools/train.py``.

    Args:
        arguments (Sequence[str] | None): Command line; ``None`` takes ``sys.argv``.

    Raises:
        MESpotError: If a checkpoint is missing or belongs to another model, or a split is empty.
    """
    cfg = config_for_train(arguments)
    logging.raiseExceptions = False  # a log that can't be written ends no training
    with config_faults(cfg.filename), naming(Path(cfg.work_dir)):
        _train(cfg)


def _train(cfg: Config) -> None:
    _require(cfg, 'train')
    check_checkpoint_exists(cfg.get('load_from'))
    runner = _build_runner(cfg)
    resumed = resume_path(runner)
    if resumed is not None:
        check_checkpoint_exists(resumed)
        check_checkpoint_fits(runner.model, resumed)
    elif cfg.get('load_from') is not None:
        check_checkpoint_fits(runner.model, cfg.load_from, all_keys=False)
    build_loop(lambda: runner.train_loop, cfg.train_dataloader.dataset, 'train')
    if cfg.get('val_cfg') is not None:
        build_loop(lambda: runner.val_loop, cfg.val_dataloader.dataset, 'val')
    runner.train()


def run_testing(arguments: Sequence[str] | None = None) -> dict[str, Any]:
    """Test a checkpoint, or a spotter without weights: ``tools/test.py``.

    Without a checkpoint, or if the config says ``tune_before_test=True`` (where the post-processing differs
    from that of the training), the validation runs first: `ThresholdHook` puts the thresholds that are best
    on the validation people into the model. Not so where thresholds are given, or the spotter brings its own:
    the data then need no validation part.

    Args:
        arguments (Sequence[str] | None): Command line; ``None`` takes ``sys.argv``.

    Returns:
        dict[str, Any]: The metrics.

    Raises:
        MESpotError: If the checkpoint is missing or belongs to another model, or a split is empty.
    """
    cfg = config_for_test(arguments)
    logging.raiseExceptions = False
    with config_faults(cfg.filename), naming(Path(cfg.work_dir)):
        return _test(cfg)


def _test(cfg: Config) -> dict[str, Any]:
    _require(cfg, 'test')
    check_checkpoint_exists(cfg.load_from)
    runner = _build_runner(cfg)
    if cfg.load_from is not None:
        check_checkpoint_fits(runner.model, cfg.load_from)
    elif next(runner.model.parameters(), None) is not None:
        raise MESpotError(f'the model of {cfg.filename} has weights: expected a checkpoint, found none')
    untuned = cfg.load_from is None and not _brings_thresholds(runner.model)
    if (untuned or cfg.get('tune_before_test', False)) and not has_thresholds(cfg):
        _require(cfg, 'val')
        build_loop(lambda: runner.val_loop, cfg.val_dataloader.dataset, 'val')
        runner.val()
    build_loop(lambda: runner.test_loop, cfg.test_dataloader.dataset, 'test')
    compile_parts(runner.model, cfg.get('compile'))
    return runner.test()


def _brings_thresholds(model: Any) -> bool:
    """Whether a spotter without weights knows its thresholds."""
    thresholds = getattr(bare_model(model), BUFFER, None)
    return thresholds is not None and not bool(thresholds.isnan().any())


def _require(cfg: Config, split: str) -> None:
    """Complain about a config without what this run needs."""
    missing = [key for key in (f'{split}_cfg', f'{split}_dataloader') if cfg.get(key) is None]
    if missing:
        raise MESpotError(f'config {cfg.filename} has no {" and no ".join(missing)}')


def _build_runner(cfg: Config) -> Runner:
    """Build the runner that the config asks for."""
    join_cpu_processes(cfg)
    return RUNNERS.build(cfg)
