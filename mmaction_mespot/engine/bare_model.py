"""The model itself, without the wrapper for several processes."""

from __future__ import annotations

from typing import Any

from mmengine.model import is_model_wrapper
from torch import nn


def bare_model(model: nn.Module) -> Any:
    """Unwrap a model.

    Args:
        model: The model of a runner, maybe in a wrapper.

    Returns:
        The model that the config names.
    """
    return model.module if is_model_wrapper(model) else model
