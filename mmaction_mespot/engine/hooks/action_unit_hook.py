"""Counts the graph of a network in the action units of the training people."""

from __future__ import annotations

from typing import Any

from mmaction.registry import HOOKS
from mmengine.hooks import Hook
from mmengine.runner import Runner

from mmaction_mespot.engine.compile_parts import bare_model
from mmaction_mespot.errors import MESpotError


@HOOKS.register_module()
class ActionUnitHook(Hook):
    """Hand the action units of the training events to the backbone, before the first step.

    The backbone (:class:`AUWGCN`) keeps what it makes of them in a buffer, so it travels with the weights and
    no test person has a part in it, also in cross-validation. Without any label of action units the backbone
    stays as it was, and the log says so.
    """

    def before_train(self, runner: Runner) -> None:
        """Read the labels of the training part.

        Raises:
            MESpotError: If the backbone takes no action units.
        """
        backbone: Any = getattr(bare_model(runner.model), 'backbone', None)
        if not hasattr(backbone, 'set_action_units'):
            raise MESpotError(f'ActionUnitHook: {type(backbone).__name__} takes no action units')
        dataset = runner.train_dataloader.dataset
        events = [item for video in dataset.data_list for item in video['instances']]
        texts = [item['action_units'] for item in events if item.get('action_units')]
        said = f'ActionUnitHook: {len(texts)} of {len(events)} training events name action units'
        if texts:
            backbone.set_action_units(texts)
            runner.logger.info(said)
        else:
            runner.logger.warning(said)
