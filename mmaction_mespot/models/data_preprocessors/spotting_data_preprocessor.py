"""From collated samples to normalised batches."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from mmaction.registry import MODELS
from mmengine.model import BaseDataPreprocessor
from torch import Tensor

from mmaction_mespot.errors import MESpotError


@MODELS.register_module()
class SpottingDataPreprocessor(BaseDataPreprocessor):
    """Move a batch of windows to the device, stack each stream, normalise it.

    The stream ``rgb`` becomes ``(x - mean) / std``; every other stream is flow in pixels and is divided by
    ``flow_scale``. (The toolbox's 8-bit flow with mean 128 and std 128 is flow in pixels divided by the bound
    of its quantisation.)

    Args:
        rgb_mean: Mean of red, green, blue in 0 to 255. Defaults to ImageNet's, as the toolbox's I3D.
        rgb_std: Their standard deviations. Defaults to ImageNet's.
        flow_scale: Flow of that many pixels becomes 1. Defaults to 1.0.
    """

    rgb_mean: Tensor
    rgb_std: Tensor

    def __init__(
        self,
        rgb_mean: Sequence[float] = (123.675, 116.28, 103.53),
        rgb_std: Sequence[float] = (58.395, 57.12, 57.375),
        flow_scale: float = 1.0,
    ) -> None:
        super().__init__()
        if not flow_scale > 0:
            raise MESpotError(f'SpottingDataPreprocessor: flow_scale must be above 0, found {flow_scale}')
        self.register_buffer('rgb_mean', torch.tensor(rgb_mean).view(-1, 1, 1, 1), persistent=False)
        self.register_buffer('rgb_std', torch.tensor(rgb_std).view(-1, 1, 1, 1), persistent=False)
        self.flow_scale = flow_scale

    def forward(self, data: dict, training: bool = False) -> dict:
        """Prepare one batch.

        Args:
            data: ``inputs``, a dict of streams, each a list of (C, T, H, W) tensors (or the stacked tensor)
                of any number type; ``data_samples``, a list, or absent.
            training: Not used; part of MMEngine's interface. Defaults to False.

        Returns:
            ``inputs`` with float32 tensors (N, C, T, H, W), and ``data_samples`` (None if absent), on the
            device.

        Raises:
            MESpotError: If the windows of a stream differ in shape.
        """
        data = self.cast_data(data)
        inputs = {}
        for name, windows in data['inputs'].items():
            batch = stack_windows(windows, f'stream {name!r}')
            inputs[name] = (
                (batch - self.rgb_mean) / self.rgb_std if name == 'rgb' else batch / self.flow_scale
            )
        return dict(inputs=inputs, data_samples=data.get('data_samples'))


def stack_windows(windows: Sequence[Tensor] | Tensor, name: str) -> Tensor:
    """Stack the windows of a batch.

    Args:
        windows: Tensors (C, T, H, W) of any number type, or the stacked tensor.
        name: What the message calls them.

    Returns:
        float32, shape (N, C, T, H, W).

    Raises:
        MESpotError: If they differ in shape.
    """
    shapes = {tuple(window.shape) for window in windows}
    if len(shapes) > 1:
        raise MESpotError(f'{name}: the windows of a batch must have one shape, found {sorted(shapes)}')
    return (windows if isinstance(windows, Tensor) else torch.stack(tuple(windows))).float()


@MODELS.register_module()
class FeatureDataPreprocessor(BaseDataPreprocessor):
    """Move a batch of windows of features to the device and stack each level."""

    def forward(self, data: dict, training: bool = False) -> dict:
        """Prepare one batch.

        Args:
            data: ``inputs``, a dict of levels, each a list of (C, T, H, W) tensors; ``data_samples``, a list,
                or absent.
            training: Not used; part of MMEngine's interface. Defaults to False.

        Returns:
            ``inputs`` with float32 tensors (N, C, T, H, W), and ``data_samples`` (None if absent), on the
            device.

        Raises:
            MESpotError: If the windows of a batch differ in shape.
        """
        data = self.cast_data(data)
        inputs = {name: stack_windows(windows, name) for name, windows in data['inputs'].items()}
        return dict(inputs=inputs, data_samples=data.get('data_samples'))
