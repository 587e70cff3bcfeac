"""The score thresholds chosen on the validation part travel with the weights."""

from __future__ import annotations

from pathlib import Path

import torch
from mmaction.registry import HOOKS
from mmengine.dist import is_main_process
from mmengine.hooks import Hook
from mmengine.runner import Runner

from mmaction_mespot.atomic_file import whole_file
from mmaction_mespot.engine.compile_parts import bare_model
from mmaction_mespot.errors import MESpotError
from mmaction_mespot.evaluation.metrics.spotting_f1 import SpottingF1Metric
from mmaction_mespot.intervals.detections import CLASSES

BUFFER = 'score_thresholds'


@HOOKS.register_module()
class ThresholdHook(Hook):
    """Put the thresholds that the metric chose into the model, and save the finished model.

    After each validation the model's buffer ``score_thresholds`` takes the metric's ``threshold_<class>``.
    The checkpoint of an epoch is written **before** its validation and so holds the thresholds of the epoch
    before; at the end of the training ``final.pth`` is written, with the last weights and their own
    thresholds, without optimizer. If the training was interrupted between the last epoch and its validation,
    the resumed run validates once more before it writes the file.

    For a model without the buffer (BMN and the other localizers of MMAction2) the thresholds travel in the
    checkpoint's ``meta``, and a test hands them to its :class:`SpottingF1Metric`.

    Args:
        metric_prefix: Prefix of the metric's keys. Defaults to ``'spotting'``.
        filename: Name of the file in the work folder. Defaults to ``'final.pth'``.
    """

    # After EMAHook has given the trained weights back (NORMAL), before CheckpointHook (VERY_LOW).
    priority = 'LOW'

    def __init__(self, metric_prefix: str = 'spotting', filename: str = 'final.pth') -> None:
        self.keys = [f'{metric_prefix}/threshold_{name}' for name in CLASSES]
        self.filename = filename
        self._validated_epoch: int | None = None
        self._foreign_thresholds: list[float] | None = None
        self._saving_final = False

    def before_run(self, runner: Runner) -> None:
        """Say so if the model itself takes no thresholds."""
        if _find_buffer(runner) is None:
            runner.logger.info(
                f'ThresholdHook: {type(bare_model(runner.model)).__name__} has no buffer {BUFFER}: '
                "thresholds go into the checkpoint's meta"
            )

    def after_val_epoch(self, runner: Runner, metrics: dict[str, float] | None = None) -> None:
        """Store the thresholds of this validation.

        Raises:
            MESpotError: If the model's buffer has another number of classes.
        """
        self._validated_epoch = runner.epoch
        buffer = _find_buffer(runner)
        if not metrics or any(key not in metrics for key in self.keys):
            return
        if buffer is None:
            self._foreign_thresholds = [float(metrics[key]) for key in self.keys]
            return
        if buffer.shape != (len(CLASSES),):
            raise MESpotError(
                f"ThresholdHook: the model's {BUFFER} must hold one number for each of {CLASSES}, "
                f'found shape {tuple(buffer.shape)}'
            )
        buffer.copy_(torch.tensor([metrics[key] for key in self.keys]))

    def before_save_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        """Correct what a checkpoint holds.

        EMAHook replaces the state dict by its averaged copy, whose buffers are as old as the last iteration:
        the thresholds are put back. The final file keeps weights and meta information only.
        """
        buffer = _find_buffer(runner)
        if buffer is not None:
            checkpoint['state_dict'][BUFFER] = buffer.detach().cpu().clone()
        elif self._foreign_thresholds is not None:
            checkpoint.setdefault('meta', {})[BUFFER] = self._foreign_thresholds
        if self._saving_final:
            for key in set(checkpoint) - {'meta', 'state_dict'}:
                del checkpoint[key]

    def after_load_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        """Take over the thresholds of a model without the buffer."""
        self._foreign_thresholds = checkpoint.get('meta', {}).get(BUFFER)

    def before_test_epoch(self, runner: Runner) -> None:
        """Hand them to the metrics."""
        for metric in runner.test_evaluator.metrics:
            if isinstance(metric, SpottingF1Metric) and _find_buffer(runner) is None:
                metric.model_thresholds = self._foreign_thresholds

    def after_train(self, runner: Runner) -> None:
        """Write the finished model; the file is there whole or not at all."""
        loop = runner.val_loop
        due = loop is not None and runner.train_loop.val_begin <= runner.epoch
        if due and self._validated_epoch != runner.epoch:
            loop.run()
        if not is_main_process():
            return
        self._saving_final = True
        try:
            with whole_file(Path(runner.work_dir, self.filename)) as temporary:
                runner.save_checkpoint(
                    runner.work_dir,
                    temporary.name,
                    save_optimizer=False,
                    save_param_scheduler=False,
                    meta={'epoch': runner.epoch, 'iter': runner.iter},
                )
        finally:
            self._saving_final = False


def _find_buffer(runner: Runner) -> torch.Tensor | None:
    """The model's thresholds, or None."""
    return dict(bare_model(runner.model).named_buffers(recurse=False)).get(BUFFER)
