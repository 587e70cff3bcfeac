"""Layout and precision for CPUs with matrix instructions."""

from __future__ import annotations

import torch
from mmaction.registry import HOOKS
from mmengine.hooks import Hook
from mmengine.runner import Runner

from mmaction_mespot.engine.compile_parts import bare_model
from mmaction_mespot.errors import MESpotError

LAYOUTS = ('auto', 'channels_last_3d', 'contiguous')
PRECISIONS = ('auto', 'bf16', 'fp32')


def cpu_has_amx() -> bool:
    """Tell whether the CPU multiplies bfloat16 matrices in hardware (Intel AMX, since Sapphire Rapids)."""
    return bool(torch.cpu._is_amx_tile_supported())


@HOOKS.register_module()
class FastCpuHook(Hook):
    """Use what the CPU is good at: 3-D convolutions in ``channels_last_3d``, inference in bfloat16.

    With ``'auto'``, both are on where the model lies on a CPU with AMX, and off elsewhere: without the
    instructions they are slower than plain float32. Localizers of MMAction2 stay in float32, since they read
    their outputs as NumPy arrays, which know no bfloat16. bfloat16 moves scores by about 1 %; validation,
    where the thresholds are chosen, and test have the same precision. The training stays in float32 unless
    ``--amp`` is given.

    Args:
        layout: ``'auto'``, ``'channels_last_3d'`` or ``'contiguous'``. Defaults to ``'auto'``.
        precision: Of validation and test: ``'auto'``, ``'bf16'`` or ``'fp32'``. Defaults to ``'auto'``.

    Raises:
        MESpotError: If a value is unknown.
    """

    priority = 'VERY_HIGH'

    def __init__(self, layout: str = 'auto', precision: str = 'auto') -> None:
        for name, value, known in (('layout', layout, LAYOUTS), ('precision', precision, PRECISIONS)):
            if value not in known:
                raise MESpotError(f'FastCpuHook: {name} must be one of {known}, found {value!r}')
        self.layout = layout
        self.precision = precision

    def before_run(self, runner: Runner) -> None:
        """Lay out the weights; a convolution takes the layout of its weights where that suits the CPU."""
        if self.layout == 'channels_last_3d' or (self.layout == 'auto' and _on_amx(runner)):
            to_channels_last_3d(runner.model)

    def before_val_epoch(self, runner: Runner) -> None:
        """Choose the precision of the validation."""
        self._choose_precision(runner, runner.val_loop)

    def before_test_epoch(self, runner: Runner) -> None:
        """Choose the precision of the test."""
        self._choose_precision(runner, runner.test_loop)

    def _choose_precision(self, runner: Runner, loop: object) -> None:
        chosen = self.precision == 'auto' and _on_amx(runner) and not _is_stock(runner)
        if chosen or self.precision == 'bf16':
            # MMEngine's name; on a CPU its autocast takes bfloat16
            loop.fp16 = True  # type: ignore[attr-defined]


def to_channels_last_3d(model: torch.nn.Module) -> None:
    """Lay out the five-dimensional weights of a model channels last, in place."""
    for parameter in model.parameters():
        if parameter.dim() == 5:
            parameter.data = parameter.data.contiguous(memory_format=torch.channels_last_3d)


def _on_amx(runner: Runner) -> bool:
    """Whether the model lies on a CPU with AMX."""
    parameter = next(bare_model(runner.model).parameters(), None)
    return parameter is not None and parameter.device.type == 'cpu' and cpu_has_amx()


def _is_stock(runner: Runner) -> bool:
    """Whether the model is a localizer of MMAction2 or derived from one."""
    kinds = type(bare_model(runner.model)).__mro__
    return any(kind.__module__.startswith('mmaction.models.localizers') for kind in kinds)
