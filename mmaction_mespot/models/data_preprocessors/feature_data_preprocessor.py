"""From collated windows of features to batches."""

from __future__ import annotations

from mmaction.registry import MODELS
from mmengine.model import BaseDataPreprocessor

from .stacking import stack_windows


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
