"""The step of a fold without training: spot the training people's videos, choose the thresholds, save them.

``python -m mmaction_mespot.apis.cross_validation_thresholds CONFIG OUT.pth``
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import torch
from mmaction.registry import RUNNERS
from mmengine.runner import Runner

from mmaction_mespot.apis.command_line import run_command
from mmaction_mespot.apis.runner_arguments import config_for_train
from mmaction_mespot.engine.hooks.threshold_hook import BUFFER
from mmaction_mespot.errors import MESpotError


def choose_thresholds(config: str, out: str) -> list[float]:
    """Validate a spotter as it is; its metric and its ``ThresholdHook`` choose the thresholds.

    Args:
        config: A config without training.
        out: The checkpoint to write, for the test; it is there whole or not at all.

    Returns:
        The thresholds.

    Raises:
        MESpotError: If no thresholds were chosen.
    """
    cfg = config_for_train([config])
    runner = RUNNERS.build(cfg) if 'runner_type' in cfg else Runner.from_cfg(cfg)
    runner.val()
    thresholds = dict(runner.model.named_buffers(recurse=False)).get(BUFFER)
    if thresholds is None or bool(thresholds.isnan().any()):
        raise MESpotError(
            f'{config}: the validation chose no thresholds; expected a model with a buffer {BUFFER}, '
            'custom_hooks with ThresholdHook and val_evaluator.tune_thresholds'
        )
    partial = Path(out).with_name(f'.{Path(out).name}.partial')
    torch.save({'meta': {}, 'state_dict': runner.model.state_dict()}, partial)
    partial.replace(out)
    return thresholds.tolist()


def main(arguments: Sequence[str]) -> None:
    """Run the command line."""
    if len(arguments) != 2:
        raise MESpotError(f'expected CONFIG OUT.pth, found {len(arguments)} words')
    choose_thresholds(*arguments)


if __name__ == '__main__':
    sys.exit(run_command(lambda: main(sys.argv[1:])))
