"""The flags of ``tools/train.py`` and ``tools/test.py``: those of MMAction2's own.

MMAction2 keeps its tools in ``mmaction/.mim/tools``, which an installation from its source may lack, so the
flags are declared here; a test compares them with MMAction2's. One meaning differs: ``--seed`` (and
``--deterministic``, ``--diff-rank-seed``) win over the config's ``randomness``, where MMAction2 drops them
without a word.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmaction_mespot.apis.command_line import describe
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.intervals.detections import CLASSES
from mmaction_mespot.intervals.selection import parse_thresholds
from mmaction_mespot.shipped_files import find_config

if TYPE_CHECKING:
    from mmengine.config import Config

NO_CHECKPOINT = 'none'
"""Stands for the checkpoint of a model that has no weights."""


class ConfigOptions(argparse.Action):
    """MMEngine's ``DictAction``, imported when there is something to read: ``--help`` waits for nothing."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option: str | None = None,
    ) -> None:
        """Read ``key=value ...`` into a dict."""
        from mmengine.config import DictAction

        DictAction(self.option_strings, self.dest)(parser, namespace, values, option)


def parser_for_train() -> argparse.ArgumentParser:
    """Make the parser of ``tools/train.py``.

    Returns:
        argparse.ArgumentParser: With every flag of MMAction2's ``tools/train.py``.
    """
    parser = argparse.ArgumentParser(description='Train a spotter (or any model of MMAction2)')
    parser.add_argument('config', help='config file; a config is a program and is run')
    parser.add_argument('--work-dir', help='folder for logs and checkpoints (./work_dirs/<config name>)')
    parser.add_argument(
        '--resume',
        nargs='?',
        const='auto',
        help='go on from this checkpoint; without a path, from the latest one in the work folder',
    )
    parser.add_argument(
        '--amp', action='store_true', help='train with mixed precision (float16 on a GPU, bfloat16 on a CPU)'
    )
    parser.add_argument('--no-validate', action='store_true', help='leave out validation')
    parser.add_argument(
        '--auto-scale-lr', action='store_true', help="scale the learning rate by the config's auto_scale_lr"
    )
    parser.add_argument('--seed', type=int, help='random seed')
    parser.add_argument('--diff-rank-seed', action='store_true', help='another seed for each process')
    parser.add_argument('--deterministic', action='store_true', help='deterministic cuDNN')
    _add_common_flags(parser)
    return parser


def parser_for_test() -> argparse.ArgumentParser:
    """Make the parser of ``tools/test.py``.

    Returns:
        argparse.ArgumentParser: With every flag of MMAction2's ``tools/test.py``, and ``--threshold``.
    """
    parser = argparse.ArgumentParser(description='Test a trained spotter (or any model of MMAction2)')
    parser.add_argument('config', help='config file; a config is a program and is run')
    parser.add_argument(
        'checkpoint',
        nargs='?',
        default=NO_CHECKPOINT,
        help='checkpoint file (default: none, for a spotter without weights)',
    )
    parser.add_argument('--work-dir', help='folder for logs and metrics (./work_dirs/<config name>)')
    parser.add_argument(
        '--threshold',
        help='score thresholds, such as MaE=0.9,ME=0.8 (default: those of the checkpoint or the validation)',
    )
    parser.add_argument('--dump', help='save the raw predictions to this .pkl file')
    parser.add_argument('--show-dir', help='folder for the pictures of the visualization hook')
    parser.add_argument('--show', action='store_true', help='show the pictures in a window')
    parser.add_argument('--interval', type=int, default=1, help='draw every n-th sample')
    parser.add_argument('--wait-time', type=float, default=2, help='seconds that each window stays')
    _add_common_flags(parser)
    return parser


def _add_common_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        '--cfg-options',
        nargs='+',
        action=ConfigOptions,
        help='settings that override the config: key=value, nested keys with dots, lists as key="[a,b]"',
    )
    parser.add_argument('--launcher', choices=['none', 'pytorch', 'slurm', 'mpi'], default='none')
    parser.add_argument('--local_rank', '--local-rank', type=int, default=0)


def config_for_train(arguments: Sequence[str] | None = None) -> Config:
    """Read the config of a training run and put the command line's flags into it.

    Args:
        arguments (Sequence[str] | None): Command line; ``None`` takes ``sys.argv``.

    Returns:
        Config: Ready for the runner.

    Raises:
        MESpotError: If the config cannot be read, or a flag does not go with it.
    """
    args = parser_for_train().parse_args(arguments)
    cfg = _load(args)
    if args.no_validate:
        cfg.val_cfg = cfg.val_dataloader = cfg.val_evaluator = None
    if args.amp:
        import torch

        wrapper = cfg.optim_wrapper.get('type', 'OptimWrapper')
        if wrapper not in ('OptimWrapper', 'AmpOptimWrapper', 'CpuAmpOptimWrapper'):
            raise MESpotError(f'--amp needs optim_wrapper.type OptimWrapper, {args.config} has {wrapper}')
        if torch.cuda.is_available():
            cfg.optim_wrapper.type = 'AmpOptimWrapper'
            cfg.optim_wrapper.setdefault('loss_scale', 'dynamic')
        else:
            cfg.optim_wrapper.type = 'CpuAmpOptimWrapper'
            for key in ('loss_scale', 'dtype'):  # a GPU's
                cfg.optim_wrapper.pop(key, None)
    if args.resume is not None:
        cfg.resume = True
        cfg.load_from = None if args.resume == 'auto' else args.resume
    if args.auto_scale_lr:
        if 'auto_scale_lr' not in cfg:
            raise MESpotError(
                f'--auto-scale-lr needs auto_scale_lr=dict(base_batch_size=...) in {args.config}'
            )
        cfg.auto_scale_lr.enable = True
    randomness = dict(cfg.get('randomness') or {})
    randomness.setdefault('seed', None)
    if args.seed is not None:
        randomness['seed'] = args.seed
    for flag in ('deterministic', 'diff_rank_seed'):
        randomness[flag] = getattr(args, flag) or randomness.get(flag, False)
    cfg.randomness = randomness
    return _merge_options(cfg, args)


def config_for_test(arguments: Sequence[str] | None = None) -> Config:
    """Read the config of a test run and put the command line's flags into it.

    Args:
        arguments (Sequence[str] | None): Command line; ``None`` takes ``sys.argv``.

    Returns:
        Config: Ready for the runner; ``load_from`` is the checkpoint, or None.

    Raises:
        MESpotError: If the config cannot be read, or a flag does not go with it.
    """
    args = parser_for_test().parse_args(arguments)
    cfg = _load(args)
    if args.show or args.show_dir is not None:
        if 'visualization' not in cfg.get('default_hooks', {}):
            raise MESpotError(f'--show and --show-dir need default_hooks.visualization in {args.config}')
        cfg.default_hooks.visualization.update(
            enable=True,
            show=args.show,
            wait_time=args.wait_time,
            out_dir=args.show_dir,
            interval=args.interval,
        )
    if args.threshold is not None:
        _set_thresholds(cfg, args.threshold)
    if args.dump is not None:
        if not args.dump.endswith(('.pkl', '.pickle')):
            raise MESpotError(f'--dump writes a pickle: {args.dump} must end in .pkl or .pickle')
        cfg.test_evaluator = [*_test_evaluators(cfg), dict(type='DumpResults', out_file_path=args.dump)]
    cfg.load_from, cfg.resume = None if args.checkpoint == NO_CHECKPOINT else args.checkpoint, False
    cfg = _merge_options(cfg, args)
    # MMEngine's Runner.epoch builds the training loop, data and all: a test has to do without.
    for key in ('train_cfg', 'train_dataloader', 'optim_wrapper', 'param_scheduler'):
        cfg[key] = None
    return cfg


def has_thresholds(cfg: Config) -> bool:
    """Whether the test of a config says which candidates it keeps."""
    keys = ('thresholds', 'top_threshold')
    return any(one.get(key) is not None for one in _test_evaluators(cfg) for key in keys)


def _test_evaluators(cfg: Config) -> list[Any]:
    found = cfg.get('test_evaluator') or []
    return list(found) if isinstance(found, list | tuple) else [found]


def _set_thresholds(cfg: Config, text: str) -> None:
    """Give thresholds to the metrics of a test.

    Raises:
        MESpotError: If one is missing, or no metric takes them.
    """
    thresholds = parse_thresholds(text)
    missing = sorted(set(CLASSES) - set(thresholds))
    if missing:
        raise MESpotError(f'--threshold: found {text!r}, expected one for {" and ".join(missing)} too')
    metrics = [one for one in _test_evaluators(cfg) if one.get('type') == 'SpottingF1Metric']
    if not metrics:
        raise MESpotError(f'--threshold needs a SpottingF1Metric in the test_evaluator of {cfg.filename}')
    for metric in metrics:
        metric.update(thresholds=thresholds, tune_thresholds=False)
        metric.pop('top_threshold', None)


def _load(args: argparse.Namespace) -> Config:
    """Read ``args.config``; whatever the file raises becomes a MESpotError."""
    os.environ.setdefault('LOCAL_RANK', str(args.local_rank))
    args.config = find_config(args.config)
    from mmaction_mespot.apis.config_faults import read_config  # with MMEngine, slow to import

    cfg = read_config(args.config)
    cfg.launcher = args.launcher
    if args.work_dir is not None:
        cfg.work_dir = args.work_dir
    elif cfg.get('work_dir') is None:
        cfg.work_dir = str(Path('work_dirs', Path(args.config).stem))
    return cfg


def _merge_options(cfg: Config, args: argparse.Namespace) -> Config:
    """Put ``--cfg-options`` over the config, last of all.

    ``fold=s16`` also reaches the data sets and the work folder: MMEngine merges options after the config's
    own ``fold`` has been used there.
    """
    fold = (args.cfg_options or {}).get('fold')
    if fold is not None:
        if 'fold' not in cfg:
            raise MESpotError(f'--cfg-options fold={fold}: {args.config} has no `fold`')
        for loader in ('train_dataloader', 'val_dataloader', 'test_dataloader'):
            if cfg.get(loader) is not None:
                cfg[loader].dataset.fold = str(fold)
        if args.work_dir is None:
            cfg.work_dir = str(Path(cfg.work_dir).with_name(str(fold)))
    if args.cfg_options is not None:
        try:
            cfg.merge_from_dict(args.cfg_options)
        except (KeyError, TypeError, IndexError, AttributeError) as error:
            raise MESpotError(f'--cfg-options does not fit {args.config}: {describe(error)}') from error
    return cfg
