"""Neck and head on features that are there already."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mmaction.registry import MODELS
from torch import Tensor

from .level_spotter import LevelSpotter


@MODELS.register_module()
class MESpotFeature(LevelSpotter):
    """Spot expressions on stored features: the neck and head of :class:`MESpotter`, without its backbone.

    ``inputs`` of :meth:`forward` are the levels of a batch, fine to coarse: ``level_0`` (N, C, T, H, W),
    ``level_1``, and so on, as :class:`PackFeatureInputs` gives them. Weights of a ``MESpotter`` fit: its
    ``neck.*``, ``head.*`` and ``score_thresholds`` have the same names here.

    Args:
        head: Config of the head.
        neck: Config of the neck; its ``in_channels`` are those of the levels. Defaults to None, no neck.
        data_preprocessor: Config of the data preprocessor. Defaults to None, ``FeatureDataPreprocessor``.
        init_cfg: Initialisation of MMEngine. Defaults to None.
    """

    def __init__(
        self,
        head: dict,
        neck: dict | None = None,
        data_preprocessor: dict | None = None,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(data_preprocessor or dict(type='FeatureDataPreprocessor'), init_cfg)
        self.build_neck_and_head(neck, head)

    def extract_levels(
        self, inputs: dict[str, Tensor], data_samples: Sequence[Any] | None
    ) -> Sequence[Tensor]:
        """Give the levels as they are."""
        return [inputs[f'level_{i}'] for i in range(len(inputs))]
