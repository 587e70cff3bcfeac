"""MMEngine's log, with metrics of a test that can be read again."""

from __future__ import annotations

from typing import Any

import numpy as np
from mmaction.registry import HOOKS
from mmengine.dist import master_only
from mmengine.hooks import LoggerHook
from mmengine.runner import Runner


@HOOKS.register_module()
class MetricsLoggerHook(LoggerHook):
    """`LoggerHook` whose JSON file of the test's metrics is written by one process and holds the counts too.

    MMEngine writes ``<log_dir>/<timestamp>.json`` from every process of a test at once, which can leave a
    file that is no JSON, and turns numpy's whole numbers (``TP``, ``FP``, ``FN``) into ``null``. Arguments
    as of `LoggerHook`.
    """

    @master_only
    def after_test_epoch(self, runner: Runner, metrics: dict[str, float] | None = None) -> None:
        """Log the metrics and write them, in the first process only."""
        super().after_test_epoch(runner, metrics)

    @staticmethod
    def _process_tags(tags: dict[str, Any]) -> dict[str, Any]:
        """Turn numpy's numbers into Python's before MMEngine drops what it does not know."""
        return LoggerHook._process_tags(
            {key: value.item() if isinstance(value, np.generic) else value for key, value in tags.items()}
        )
