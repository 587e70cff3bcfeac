"""What a network saw travels with it: how its videos were prepared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mmengine.hooks import Hook
from mmengine.registry import HOOKS
from mmengine.runner import Runner

from mmaction_mespot.checkpoints.strip import PREPARATION
from mmaction_mespot.datasets.prepared_dataset import PreparedDataset
from mmaction_mespot.errors import MESpotError


@HOOKS.register_module()
class PreparationHook(Hook):
    """Keep what the training saw of its videos in the checkpoint, and compare with it.

    That are crop size, flow method, gap, rate, frame of reference, and the names of the streams.

    A test, or a training that goes on, on data that were prepared in another way is refused. Checkpoints that
    say nothing (those of other packages, or stripped ones) pass.

    Raises:
        MESpotError: If data differ from each other or from the checkpoint; the message has both values.
    """

    def __init__(self) -> None:
        self._of_checkpoint: Mapping[str, Any] | None = None
        self._of_training: Mapping[str, Any] | None = None

    def after_load_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        """Take over what the checkpoint was trained on."""
        said = (checkpoint.get('meta') or {}).get(PREPARATION)
        self._of_checkpoint = said if isinstance(said, Mapping) else None

    def before_train(self, runner: Runner) -> None:
        """Read how the training's videos were prepared."""
        before = self._of_checkpoint if runner._resume else None
        self._of_training = self._common(runner.train_dataloader.dataset, before or _of_config(runner))

    def before_test(self, runner: Runner) -> None:
        """Compare the test's videos with the training's."""
        said = self._of_training or self._of_checkpoint or _of_config(runner)
        self._common(runner.test_dataloader.dataset, said)

    def before_save_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        """Put it into the checkpoint."""
        if self._of_training:
            checkpoint.setdefault('meta', {})[PREPARATION] = dict(self._of_training)

    @staticmethod
    def _common(dataset: Any, expected: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
        """The preparation of a data set, if all its parts agree, and agree with what is expected."""
        first: Mapping[str, Any] | None = None
        for part in _prepared(dataset):
            found = part.preparation()
            check_preparation(str(part.store_root), found, expected or first or {})
            first = first or found
        return first


def _of_config(runner: Runner) -> Mapping[str, Any] | None:
    """What the config says of the preparation of its data."""
    return runner.cfg.get(PREPARATION)


def check_preparation(place: str, found: Mapping[str, Any], expected: Mapping[str, Any]) -> None:
    """Compare two preparations; what only one of them says is passed over.

    Args:
        place: What is checked, for the message.
        found: Its preparation, such as ``crop_size``, ``flow_method``, ``flow_gap``, ``target_fps``. The
            ``streams`` are not compared: more may be there than are read.
        expected: That of the training.

    Raises:
        MESpotError: If a value differs; the message has both.
    """
    for name in sorted((set(found) & set(expected)) - {'streams'}):
        if found[name] != expected[name]:
            raise MESpotError(f'{place}: prepared with {name} {found[name]!r}, expected {expected[name]!r}')


def _prepared(dataset: Any) -> Iterator[PreparedDataset]:
    """The prepared data sets in a data set that may join several."""
    if isinstance(dataset, PreparedDataset):
        yield dataset
    for part in getattr(dataset, 'datasets', None) or ():
        yield from _prepared(part)
