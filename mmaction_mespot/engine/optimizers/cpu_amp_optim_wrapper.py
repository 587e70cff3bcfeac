"""Mixed precision on the CPU."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from mmaction.registry import OPTIM_WRAPPERS
from mmengine.optim import OptimWrapper
from torch import nn


@OPTIM_WRAPPERS.register_module()
class CpuAmpOptimWrapper(OptimWrapper):
    """Train with bfloat16 where it is safe, on the CPU.

    MMEngine's ``AmpOptimWrapper`` refuses a machine without a GPU. bfloat16 has the range of float32, so the
    loss needs no scaling; weights, gradients and the optimizer's state stay float32. ``--amp`` of
    ``tools/train.py`` takes this wrapper where there is no GPU. Faster only on a CPU with bfloat16
    instructions (AMX, AVX-512 BF16).
    """

    @contextmanager
    def optim_context(self, model: nn.Module) -> Iterator[None]:
        """Run the forward pass and the losses under autocast."""
        with super().optim_context(model), torch.autocast('cpu', dtype=torch.bfloat16):
            yield
