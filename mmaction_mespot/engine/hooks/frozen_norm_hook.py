"""Batch normalisation with fixed statistics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mmaction.registry import HOOKS
from mmengine.hooks import Hook
from mmengine.runner import Runner
from torch.nn.modules.batchnorm import _BatchNorm

from mmaction_mespot.engine.compile_parts import bare_model
from mmaction_mespot.errors import MESpotError


@HOOKS.register_module()
class FrozenNormHook(Hook):
    """Keep batch normalisation in evaluation mode during the training.

    For batches of one or two windows, whose statistics are noise: the layers use the running statistics they
    were loaded with and leave them alone; their scale and shift are trained on. ``norm_eval=True`` of
    MMAction2's backbones does the same for one backbone, this hook for any part of any model.

    Args:
        part: Name of a part of the model, such as ``'backbone'``. Defaults to ``''``, the whole model.
    """

    def __init__(self, part: str = '') -> None:
        self.part = part
        self._norms: Sequence[_BatchNorm] = ()

    def before_train(self, runner: Runner) -> None:
        """Find the layers.

        Raises:
            MESpotError: If the part is not there or has no batch normalisation.
        """
        model = bare_model(runner.model)
        prefix = f'{self.part}.' if self.part else ''
        self._norms = [
            module
            for name, module in model.named_modules()
            if isinstance(module, _BatchNorm) and f'{name}.'.startswith(prefix)
        ]
        if not self._norms:
            raise MESpotError(
                f'FrozenNormHook: {type(model).__name__} has no batch normalisation in part {self.part!r}'
            )

    def before_train_iter(self, runner: Runner, batch_idx: int, data_batch: Any = None) -> None:
        """Back to evaluation mode: the loop calls ``model.train()`` before each epoch."""
        for norm in self._norms:
            norm.eval()
