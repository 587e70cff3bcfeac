"""torch.compile for tests, and the model inside its wrappers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mmengine.model import BaseDataPreprocessor, is_model_wrapper
from torch import nn


def compile_parts(model: nn.Module, options: bool | Mapping[str, Any] | None) -> list[str]:
    """Compile the parts of a model (backbone, neck, head) in place.

    MMEngine compiles whole steps, and only in training. A whole test step holds data samples, whose metainfo
    torch cannot trace; the parts take and give tensors.

    Args:
        model: The model, maybe in a wrapper for several processes; its state dict keeps its names.
        options: The config's ``compile``, as MMEngine has it: True, or a dict for ``torch.compile``
            (``backend``, ``mode``, ...). False and None compile nothing.

    Returns:
        Names of the parts.
    """
    if options is None or options is False:
        return []
    settings = {} if options is True else dict(options)
    parts = {
        name: part
        for name, part in bare_model(model).named_children()
        if not isinstance(part, BaseDataPreprocessor) and next(part.parameters(), None) is not None
    }
    for part in parts.values():
        part.compile(**settings)
    return list(parts)


def bare_model(model: nn.Module) -> Any:
    """Unwrap a model.

    Args:
        model: The model of a runner, maybe in a wrapper.

    Returns:
        The model that the config names.
    """
    return model.module if is_model_wrapper(model) else model
